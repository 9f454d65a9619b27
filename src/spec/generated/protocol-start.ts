/* Generated from spec/protocol/start.schema.json by npm run generate. */

/**
 * Harness to runner, first message: asks the runner to import its framework and say who it is.
 */
export interface StartMessage {
  type: 'start';
  protocolVersion: 1;
  schemaVersion: 1;
  /**
   * Threads that the framework may use inside one operation.
   */
  threads: number;
  /**
   * Device to run on, 'cpu' unless the user asked for another.
   */
  device: string;
}
