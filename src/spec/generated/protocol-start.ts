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
  /**
   * Absolute path of a folder of this conversation. A runner may put a large tensor of a result there, as a .npy file; the harness takes the file away. Absent: results travel in the payload.
   */
  exchange?: string;
}
