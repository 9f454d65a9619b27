/* Generated from spec/schemas/runner.schema.json by npm run generate. */

/**
 * A runner: what it speaks for and how it is started. Either `entry` (a Python script) or `command` (any program that speaks the protocol).
 */
export type RunnerDescription = {
  schemaVersion: 1;
  /**
   * What --runner names.
   */
  id: string;
  framework: string;
  /**
   * The framework as its own people write it.
   */
  title: string;
  /**
   * Name of the file under spec/dialects.
   */
  dialect: string;
  /**
   * python, or any other name.
   */
  language: string;
  /**
   * Script, relative to the folder of this file.
   */
  entry?: string;
  /**
   * Program and its arguments, started in the folder of this file; a program that begins with a dot is relative to it.
   *
   * @minItems 1
   */
  command?: string[];
  /**
   * Arguments of the entry.
   */
  arguments?: string[];
  /**
   * Version to use when none is asked for: the name of a file in environments/.
   */
  defaultVersion?: string;
  /**
   * @minItems 1
   */
  layers: ('batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm')[];
  /**
   * File with `lies`: each makes a runner <id>-<name>, started with --lie <name>, and the id alone names none.
   */
  variants?: string;
} & (
  | {
      language?: 'python';
    }
  | {
      [k: string]: unknown;
    }
);
