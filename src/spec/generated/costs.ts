/* Generated from spec/schemas/costs.schema.json by npm run generate. */

/**
 * What a case costs, by kind of case: by it a run is cut into shards of like length. tools/costs.mjs writes it from a run.
 */
export interface CostsFile {
  schemaVersion: 1;
  /**
   * By runner id, then by kind: mean microseconds per case, in the framework.
   */
  kinds: {
    [k: string]: {
      [k: string]: number;
    };
  };
}
