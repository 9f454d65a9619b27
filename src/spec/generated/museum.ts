/* Generated from spec/schemas/museum.schema.json by npm run generate. */

export type Layer = 'batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm';
/**
 * A part of an id: letters, digits and . + - : _
 */
export type Value = string;

/**
 * A fault that really shipped somewhere, and the cases that would have shown it.
 */
export interface MuseumFile {
  schemaVersion: 1;
  /**
   * Number of the fault; the file is called so, in small letters.
   */
  row: string;
  /**
   * Whose fault it was.
   */
  where: string;
  /**
   * What went wrong, and what one saw of it.
   */
  fault: string;
  /**
   * What of the report these cases do not repeat, where they stand for it.
   */
  asks?: string;
  /**
   * @minItems 1
   */
  links: string[];
  /**
   * Cases of drawn data.
   */
  blocks: SuiteBlock[];
  /**
   * Names of files in goldens/: literal data, and what the exact oracle makes of them.
   */
  goldens: string[];
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
