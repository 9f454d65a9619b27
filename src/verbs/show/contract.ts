import type { AcceptedStep } from '../../accept/accepted.ts';
import { describeErrors, underContract } from '../../diff/contract.ts';
import type { Expectation } from '../../diff/judge.ts';
import type { ErrorContract } from '../../spec/generated/dialect.ts';

/** The error contract of one runner's dialect. */
export interface ShownContract {
  readonly runner: string;
  readonly errors: readonly ErrorContract[];
}

/** What a runner must refuse by its own contract, one line per runner and place; nothing where the core rules alone hold. */
export function formatContracts({ case: question, accepted }: Pick<Expectation, 'case' | 'accepted'>, contracts: readonly ShownContract[]): readonly string[] {
  return contracts.flatMap(({ runner, errors }) => {
    const { ranks } = underContract(accepted, question, errors);
    return ranks.flatMap(({ construct, steps }, rank) => [construct, ...steps].flatMap((step, index) => {
      const core = index === 0 ? accepted.ranks[rank]?.construct : accepted.ranks[rank]?.steps[index - 1];
      const where = `${index === 0 ? 'the construction' : `step ${String(index - 1)}`}${ranks.length > 1 ? ` on rank ${String(rank)}` : ''}`;
      return step.kind === 'refusal' && step !== core ? [`contract of ${runner}: ${where} must be refused with ${refusalOf(step)}`] : [];
    }));
  });
}

function refusalOf({ errors, rule }: Extract<AcceptedStep, { kind: 'refusal' }>): string {
  return `${describeErrors(errors)} (${rule}), and nothing comes after it`;
}
