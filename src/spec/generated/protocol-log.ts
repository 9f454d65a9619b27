/* Generated from spec/protocol/log.schema.json by npm run generate. */

/**
 * Runner to harness: a line for the runner's log.
 */
export interface LogMessage {
  type: 'log';
  level: 'debug' | 'info' | 'warning' | 'error';
  message: string;
}
