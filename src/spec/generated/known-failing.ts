/* Generated from spec/schemas/known-failing.schema.json by npm run generate. */

export type Text = string;

/**
 * Deviations of a framework that are known, with cause and evidence. Listed cases always run.
 */
export interface KnownFailingFile {
  schemaVersion: 1;
  entries: KnownFailing[];
}
export interface KnownFailing {
  /**
   * Pattern of case ids: * one component, ** any number.
   */
  cases: string;
  /**
   * Version range of the framework.
   */
  versions: string;
  status: 'inaccurate' | 'violates' | 'mistrusted' | 'crashed' | 'timed-out' | 'garbled';
  /**
   * Attribution id.
   */
  cause: string;
  reason: Text;
  /**
   * Upstream issue, commit or documentation; a path in this repository for a stand-alone script.
   */
  link: string;
  owner: Text;
  expires: string;
  when?: {
    device?: string;
    capability?: string;
    threads?: number;
  };
}
