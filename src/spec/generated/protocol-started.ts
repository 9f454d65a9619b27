/* Generated from spec/protocol/started.schema.json by npm run generate. */

export type Layer = 'batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm';

/**
 * Runner to harness, answer to start: who the runner is.
 */
export interface StartedMessage {
  type: 'started';
  protocolVersion: number;
  schemaVersion: number;
  /**
   * Framework's own name in lower case: pytorch, mindspore, miniature.
   */
  framework: string;
  /**
   * Version as the framework reports it, local part included, such as 2.13.0+cpu.
   */
  version: string;
  /**
   * Build facts that the framework reports (commit, build configuration).
   */
  build: string;
  /**
   * Language and its version, such as CPython 3.11.7.
   */
  language: string;
  device: string;
  cpu: {
    model: string;
    /**
     * Instruction set that the framework selected, or 'unknown'.
     */
    capability: string;
  };
  threads: number;
  /**
   * Whether the runner takes large tensors as .npy files. Absent: no, and all travel in the payload.
   */
  readsFiles?: boolean;
  /**
   * Layers that the adapter speaks.
   */
  layers: Layer[];
  /**
   * What the framework can or cannot do here, with the reason for what is missing.
   */
  capabilities: {
    name: string;
    offered: boolean;
    reason?: string;
  }[];
}
