/* Generated from spec/schemas/power.schema.json by npm run generate. */

/**
 * What a suite caught when it was last scored. `score --write` writes it, the report page shows it.
 */
export interface PowerFile {
  schemaVersion: 1;
  suite: string;
  /**
   * Cases of the suite then.
   */
  cases: number;
  figures: {
    name: string;
    value: number;
    target: string;
    met: boolean;
  }[];
  faults: {
    name: string;
    /**
     * The rule that it breaks.
     */
    breaks: string;
    /**
     * Of its first finding; null when nothing showed it.
     */
    rule: string | null;
    cause: string | null;
    /**
     * Cases that show it.
     */
    killers: number;
    /**
     * The killing case with the fewest elements.
     */
    smallest: string | null;
  }[];
  honest: {
    name: string;
    planned: number;
    inaccurate: number;
    falseAlarms: number;
  }[];
}
