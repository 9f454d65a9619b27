/* Generated from spec/protocol/stop.schema.json by npm run generate. */

/**
 * Harness to runner: leave now. The runner flushes and exits with code 0.
 */
export interface StopMessage {
  type: 'stop';
}
