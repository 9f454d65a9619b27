/* Generated from spec/schemas/dialect.schema.json by npm run generate. */

export type Text = string;
export type RowSpelling = OfferedRow | MissingRow;
/**
 * Momentum changed on the live layer.
 */
export type RowSpelling1 = OfferedRow | MissingRow;
/**
 * ε changed on the live layer.
 */
export type RowSpelling2 = OfferedRow | MissingRow;
/**
 * The row changed on the live layer.
 */
export type RowSpelling3 = OfferedRow | MissingRow;
/**
 * Tracking switched off and on (BN-STATE-15).
 */
export type RowSpelling4 = OfferedRow | MissingRow;
/**
 * Gamma and beta frozen and unfrozen.
 */
export type RowSpelling5 = OfferedRow | MissingRow;
/**
 * Gradients that add up in the parameters (BN-GRAD-05).
 */
export type RowSpelling6 = OfferedRow | MissingRow;
/**
 * A backward pass differentiated once more (BN-GRAD-06).
 */
export type RowSpelling7 = OfferedRow | MissingRow;
export type ObservableSpelling = OfferedObservable | MissingObservable;
/**
 * @minItems 1
 */
export type Layers = ('batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm')[];

/**
 * How one framework, by version range, spells the operation, where its own documentation says that it departs, and what it refuses.
 */
export interface DialectFile {
  schemaVersion: 1;
  framework: string;
  title: string;
  /**
   * Newest first.
   *
   * @minItems 1
   */
  versions: VersionDialect[];
}
export interface VersionDialect {
  /**
   * npm semver range of the versions that were read and run.
   */
  range: string;
  /**
   * Class per canonical layer.
   */
  layers: {
    batchnorm1d: Text;
    batchnorm2d: Text;
    batchnorm3d: Text;
    syncbatchnorm: Text;
  };
  /**
   * Spelling per canonical parameter (spec/parameters.json).
   */
  parameters: {
    numFeatures: ParameterSpelling;
    eps: ParameterSpelling;
    momentum: ParameterSpelling;
    affine: ParameterSpelling;
    statistics: ParameterSpelling;
    dtype: ParameterSpelling;
    gamma: ParameterSpelling;
    beta: ParameterSpelling;
    running_mean: ParameterSpelling;
    running_var: ParameterSpelling;
  };
  /**
   * The framework's mode table: how it spells each canonical row.
   */
  statistics: {
    tracked: RowSpelling;
    untracked: RowSpelling;
    batch: RowSpelling;
    running: RowSpelling;
  };
  /**
   * How the framework spells each way of calling a layer; absent: nobody has looked.
   */
  routes?: {
    functional: RowSpelling;
    'functional-call': RowSpelling;
    'no-grad': RowSpelling;
    'inference-mode': RowSpelling;
    autocast: RowSpelling;
    'autocast-float16': RowSpelling;
    scripted: RowSpelling;
    compiled: RowSpelling;
    graph: RowSpelling;
    asynchronous: RowSpelling;
  };
  /**
   * How the framework spells the steps of a program that not every framework has; absent: nobody has looked.
   */
  steps?: {
    momentum: RowSpelling1;
    eps: RowSpelling2;
    statistics: RowSpelling3;
    paused: RowSpelling4;
    freeze: RowSpelling5;
    accumulate: RowSpelling6;
    double: RowSpelling7;
  };
  /**
   * Where each observable is read.
   */
  observables: {
    y: ObservableSpelling;
    dx: ObservableSpelling;
    dgamma: ObservableSpelling;
    dbeta: ObservableSpelling;
    ddx: ObservableSpelling;
    ddy: ObservableSpelling;
    ddgamma: ObservableSpelling;
    running_mean: ObservableSpelling;
    running_var: ObservableSpelling;
    step_count: ObservableSpelling;
  };
  /**
   * Constructors as the framework's documentation and source state them.
   *
   * @minItems 1
   */
  signatures?: SignatureSpelling[];
  /**
   * What layers print of themselves, as the framework's source states it. A layer without one: nobody has looked.
   *
   * @minItems 1
   */
  texts?: LayerText[];
  /**
   * Whether the framework says that results lie in the memory order of the input. Absent: nobody has looked.
   */
  memoryOrder?: {
    kept: boolean;
    source: Text;
  };
  /**
   * Mode of a layer whose mode nobody has set.
   */
  freshMode: 'train' | 'eval';
  departures: Departure[];
  errors: ErrorContract[];
}
export interface ParameterSpelling {
  /**
   * Null when the framework has no such argument or attribute.
   */
  name: string | null;
  /**
   * Constructor argument, or attribute set after construction.
   */
  kind: 'argument' | 'attribute' | 'none';
  /**
   * The framework's own default, in its own spelling.
   */
  default: number | string | boolean | null;
  /**
   * From canonical to the framework: v, 1 − v, the statistics table, a name of the framework's types, nothing to convert.
   */
  conversion: 'identity' | 'complement' | 'by-row' | 'by-name' | 'none';
  domain: Text;
  source: Text;
}
export interface OfferedRow {
  spelling: Text;
  source: Text;
}
export interface MissingRow {
  spelling: null;
  reason: Text;
  source: Text;
}
export interface OfferedObservable {
  offered: true;
  name: Text;
}
export interface MissingObservable {
  offered: false;
  reason: Text;
  source: Text;
}
export interface SignatureSpelling {
  layers: Layers;
  /**
   * In order.
   *
   * @minItems 1
   */
  arguments: ArgumentSpelling[];
  source: Text;
}
export interface ArgumentSpelling {
  name: Text;
  /**
   * keyword: by name only. rest: any further ones.
   */
  kind: 'positional' | 'keyword' | 'rest';
  /**
   * Text for what JSON does not have; absent where the argument must be given.
   */
  default?: number | string | boolean | null;
}
export interface LayerText {
  layers: Layers;
  /**
   * repr(layer), with the arguments as this dialect converts and Python prints them. class: the last word of the layer's class. bias: there is a beta. trained: gamma and beta are. statistics: what stands behind = in the spelling of the row.
   */
  template: string;
  /**
   * How the text names a type, where it is not as canonically.
   */
  types?: {
    float16?: Text;
    bfloat16?: Text;
    float32?: Text;
    float64?: Text;
  };
  source: Text;
}
/**
 * A departure from a rule that the framework's own documentation states. What was merely observed never stands here.
 */
export interface Departure {
  id: string;
  rule: string;
  /**
   * What the framework does instead, as one sentence.
   */
  behaviour: string;
  when: Circumstance;
  /**
   * Id of the cause that describes the departing behaviour exactly.
   */
  variant: string;
  /**
   * Words of docObject's docstring, with runs of white space as one blank.
   */
  quote: string;
  source: Text;
  /**
   * Dotted Python name whose __doc__ holds the quotation.
   */
  docObject: string;
}
/**
 * Facts of a call. It holds when every listed fact has one of the listed values; an empty one always holds.
 */
export interface Circumstance {
  layer?: Layers;
  /**
   * @minItems 1
   */
  mode?: ('train' | 'eval' | 'fresh')[];
  /**
   * @minItems 1
   */
  statistics?: ('tracked' | 'untracked' | 'batch' | 'running')[];
  /**
   * @minItems 1
   */
  affine?: ('true' | 'false')[];
  /**
   * An argument besides the canonical ones, src/cases/options.ts.
   *
   * @minItems 1
   */
  option?: string[];
  /**
   * @minItems 1
   */
  momentum?: ('cumulative' | 'negative' | 'above-one')[];
  /**
   * @minItems 1
   */
  eps?: ('negative' | 'zero' | 'above-one')[];
  /**
   * @minItems 1
   */
  features?: ('zero' | 'negative' | 'fraction')[];
  /**
   * Type of the layer.
   *
   * @minItems 1
   */
  dtype?: ('float16' | 'bfloat16' | 'float32' | 'float64')[];
  /**
   * Type of the input.
   *
   * @minItems 1
   */
  input?: ('float16' | 'bfloat16' | 'float32' | 'float64' | 'int64' | 'int32' | 'bool')[];
  /**
   * refused: a rank that BN-SHAPE-02 refuses.
   *
   * @minItems 1
   */
  rank?: ('1' | '2' | '3' | '4' | '5' | '6' | 'refused')[];
  /**
   * other: not num_features.
   *
   * @minItems 1
   */
  channels?: 'other'[];
  /**
   * Values per channel.
   *
   * @minItems 1
   */
  elements?: ('0' | '1')[];
}
export interface ErrorContract {
  when: Circumstance;
  point: 'construct' | 'call';
  /**
   * Class of the exception.
   */
  class: string;
  /**
   * Part of the message. Absent: any message.
   */
  messageContains?: string;
  source: Text;
}
