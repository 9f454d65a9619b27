import type { Case, LayerSettings } from '../../cases/case.ts';

/** Settings that the steps before one have changed: a layer that takes over has them too. */
export function settingsBefore({ program }: Case, index: number): LayerSettings {
  return program.slice(0, index).reduce<LayerSettings>((settings, step) => (step.op === 'configure' ? { ...settings, ...step.set } : settings), {});
}

/** Whether γ and β are differentiated at a step. */
export function learnsAt(question: Case, index: number): boolean {
  const { affine, frozen = false } = question.config;
  return affine && !(settingsBefore(question, index).frozen ?? frozen);
}
