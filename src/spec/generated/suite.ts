/* Generated from spec/schemas/suite.schema.json by npm run generate. */

export type Layer = 'batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm';
/**
 * A part of an id: letters, digits and . + - : _
 */
export type Value = string;

/**
 * Which axis values are asked. A block is the full product of its axes over its layers, less what it excludes, or covers that product.
 */
export interface SuiteFile {
  schemaVersion: 1;
  suite: string;
  title: string;
  seed: number;
  /**
   * An unfiltered run with fewer cases per runner is an error.
   */
  minimum: number;
  /**
   * The gate fails when known cases exceed this share of the planned ones.
   */
  knownShare: number;
  /**
   * Whether the golden cases belong to the suite.
   */
  goldens: boolean;
  /**
   * Whether the cases of cases/museum belong to the suite. Absent: false.
   */
  museum?: boolean;
  /**
   * Suites whose blocks stand before these.
   *
   * @minItems 1
   */
  includes?: string[];
  blocks: SuiteBlock[];
}
export interface SuiteBlock {
  behaviour: string;
  /**
   * In place of the full product: rows in which every combination of values of so many axes stands that an allowed row can hold, per layer.
   */
  strength?: number;
  /**
   * @minItems 1
   */
  layers: Layer[];
  /**
   * Values per axis, or per layer and axis.
   */
  axes: {
    [k: string]:
      | Value[]
      | {
          /**
           * @minItems 1
           */
          [k: string]: Value[];
        };
  };
  exclude?: Exclusion[];
}
export interface Exclusion {
  when: Condition;
  rule: string;
  why: string;
}
/**
 * Axis to values; true when every listed axis has one of its values.
 */
export interface Condition {
  /**
   * @minItems 1
   */
  [k: string]: string[];
}
