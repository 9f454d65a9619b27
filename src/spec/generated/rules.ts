/* Generated from spec/schemas/rules.schema.json by npm run generate. */

/**
 * The normative rules. An id is never reused and never moved.
 */
export interface RulesFile {
  schemaVersion: 1;
  /**
   * @minItems 1
   */
  rules: Rule[];
}
export interface Rule {
  id: string;
  level: 'must' | 'should' | 'unspecified';
  /**
   * The rule as one sentence, without a full stop.
   */
  title: string;
  formula: string;
  /**
   * @minItems 1
   */
  sources: string[];
  /**
   * Why the rule no longer holds. A withdrawn rule stays in the file.
   */
  withdrawn?: string;
}
