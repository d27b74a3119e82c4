import { definePrompt, noEnvironment } from '@devops-mcp/contract';
import {
  completeService,
  knowledgePort,
  oneLine,
  quoteOutside,
  type Runbook,
  servicesPort,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { completeRunbook } from '../resources/complete-record.js';
import { findRecord } from '../resources/find-record.js';
import { dataNotInstructions } from './data-not-instructions.js';

const longestStep = 1200;
const mostSteps = 30;

export const runRunbook = definePrompt({
  name: 'run_runbook',
  title: 'Run a runbook',
  description: 'Walks through a runbook and verifies each step with the reading tools.',
  ports: { knowledge: knowledgePort, services: servicesPort },
  args: z.strictObject({
    runbook: z.string().min(1).max(200).describe('Runbook id'),
    environment: z.string().min(1).max(40).default('production').describe('Environment'),
    service: z.string().max(63).optional().describe('Service'),
  }),
  limits: { timeoutMs: 10_000, outputBytes: 48_000 },
  complete: {
    runbook: completeRunbook,
    service: completeService,
  },
  target: () => ({ environment: noEnvironment, services: [] }),
  async messages({ args, ports, ...context }) {
    const found = findRecord('runbook', args.runbook, (await ports.knowledge.runbooks(context)).data);
    // A runbook for many services does not say which of them is meant.
    const service = args.service ?? (found.services.length === 1 ? found.services[0] : undefined);
    const intro = [
      `Go through the runbook below for ${service ?? 'the affected service'} in ${args.environment}, one step at a time, in order.`,
      'For each step: say what it is to show, use the tools it names (or the closest reading tool of this suite), give the numbers you saw, and judge: done, failed, or not checkable from here. Stop at a step that fails and say so.',
      'A step that changes something is only prepared: name the propose_ tool and its arguments and wait for the person. Commands outside of this suite are for the person to run.',
      `Last reviewed: ${found.reviewed?.toISOString().slice(0, 10) ?? 'never'}. When a step no longer fits what you see, say so rather than forcing it.`,
      dataNotInstructions,
      '',
    ];
    return [{ role: 'user', text: [...intro, ...stepsOf(found)].join('\n') }];
  },
});

function stepsOf({ id, title, steps }: Runbook): readonly string[] {
  if (steps.length === 0)
    return [`Runbook ${oneLine(id)} has no steps: read runbook://${encodeURIComponent(id)}.`];
  const shown = steps
    .slice(0, mostSteps)
    .flatMap((step, at) => [
      `Step ${at + 1}${step.tools.length > 0 ? ` (tools: ${oneLine(step.tools.join(', '))})` : ''}`,
      quoteOutside([step.title, step.text].filter(Boolean).join('\n').slice(0, longestStep)),
    ]);
  const cut =
    steps.length > mostSteps
      ? [`${steps.length - mostSteps} more steps: runbook://${encodeURIComponent(id)}.`]
      : [];
  return [`Runbook ${oneLine(id)}:`, quoteOutside(title), ...shown, ...cut];
}
