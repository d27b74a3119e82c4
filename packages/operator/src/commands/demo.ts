import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { createStage } from '../demo/stage.js';
import { tellStory } from '../demo/story.js';
import { makeSandbox } from '../sandbox/make-sandbox.js';
import { progressLine } from '../sandbox/progress-line.js';
import { guarded } from '../terminal.js';

interface Options {
  readonly keep?: boolean;
  readonly scale: string;
  readonly seed: string;
}

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('an incident from the first alert to the verified audit trail, on embedded backends')
    .option('--keep', 'leave the sandbox for exploring')
    .option('--scale <number>', 'size of the sandbox', '0.2')
    .option('--seed <number>', 'another number gives another culprit', '7')
    .action((options: Options) => guarded(() => demo(options)));
}

async function demo({ keep, scale, seed }: Options): Promise<void> {
  const directory = path.join(await mkdtemp(path.join(tmpdir(), 'devops-mcp-demo-')), 'shop');
  const started = Date.now();
  try {
    const watch = progressLine();
    const report = await makeSandbox({
      ...{ directory, incident: 'bad_deployment', seed: Number(seed), scale: Number(scale) },
      onProgress: ({ step, done }) =>
        watch.show(`making a small company: ${step} ${Math.round(done * 100)} %`),
    });
    watch.end();
    await tellStory(
      createStage((text) => process.stdout.write(text), process.stdout.isTTY === true),
      report,
    );
    process.stdout.write(
      `\nDone in ${Math.round((Date.now() - started) / 1_000)} s. ${keep ? `The sandbox is in ${directory}` : 'Run it with --keep to explore the sandbox.'}\n`,
    );
  } finally {
    if (!keep) await rm(path.dirname(directory), { recursive: true, force: true });
  }
}
