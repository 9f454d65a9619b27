/* Generated from spec/schemas/parameters.schema.json by npm run generate. */

/**
 * What a case can set, in canonical form, and the table that says which statistics a layer uses.
 */
export interface ParametersFile {
  schemaVersion: 1;
  /**
   * @minItems 1
   */
  parameters: Parameter[];
  /**
   * @minItems 1
   */
  modeTable: ModeTableRow[];
}
export interface Parameter {
  /**
   * Name in a case.
   */
  name: string;
  /**
   * Letter in the formulas.
   */
  symbol: string | null;
  type: 'integer' | 'number' | 'number or null' | 'boolean' | 'word' | 'tensor [C]';
  domain: string;
  /**
   * Null when a case must give it.
   */
  default: number | string | boolean | null;
  unit: string;
  meaning: string;
}
export interface ModeTableRow {
  row: 'tracked' | 'untracked' | 'batch' | 'running';
  train: ModeTableCell;
  eval: ModeTableCell;
  /**
   * @minItems 1
   */
  rules: string[];
}
export interface ModeTableCell {
  normalisesBy: 'batch' | 'running';
  state: 'updated' | 'kept' | 'none';
}
