import type { BenchSandbox } from './bench-sandbox.js';
import { countTokens } from './count-tokens.js';
import { type Aim, aimAtMost, type Say, type Section, type Table } from './report.js';
import { programOf, type ServerName, serverNames } from './servers.js';
import { type StdioProcess, startProcess } from './stdio-process.js';
import { averageShown, type ServerTokens, tokenBudgets, toolTokensOf, totalShown } from './tool-tokens.js';
import { typicalCalls } from './typical-calls.js';

/** One tool's typical answer. */
interface AnswerTokens {
  readonly server: ServerName;
  readonly tool: string;
  /** Undefined: the tool refused, with the first line of what it said. */
  readonly text: number;
  readonly structured: number | undefined;
  readonly refused: string | undefined;
}

interface ListTokens extends ServerTokens {
  /** The whole answer to tools/list, with output schemas, annotations and the rest. */
  readonly list: number;
}

/** Tokens of what every model has to read: the surface, and what each tool answers on the sandbox. */
export async function measureTokens(sandbox: BenchSandbox, say: Say): Promise<Section> {
  const running = new Map(
    serverNames.map((name) => [name, startProcess(programOf(name), ['--config', sandbox.config])]),
  );
  try {
    const lists: ListTokens[] = [];
    for (const [name, server] of running) {
      say(`tokens: ${name}`);
      const { tools } = await server.listTools();
      lists.push({ ...(await toolTokensOf(programOf(name))), list: countTokens({ tools }) });
    }
    const answers = await typicalAnswers(sandbox, running, say);
    return {
      name: 'tokens',
      tables: [serversTable(lists), toolsTable(lists, answers)],
      aims: aimsOf(lists),
      data: { tokens: { servers: lists, answers } },
    };
  } finally {
    await Promise.all([...running.values()].map((server) => server.close()));
  }
}

async function typicalAnswers(
  sandbox: BenchSandbox,
  running: ReadonlyMap<ServerName, StdioProcess>,
  say: Say,
): Promise<readonly AnswerTokens[]> {
  const seen = new Map<string, Readonly<Record<string, unknown>>>();
  const answers: AnswerTokens[] = [];
  for (const { server, tool, input } of typicalCalls) {
    say(`tokens: ${server} ${tool}`);
    const answer = await running.get(server)?.callTool(tool, input(sandbox, seen));
    if (answer === undefined) continue;
    if (answer.structuredContent) seen.set(tool, answer.structuredContent);
    const text = answer.content.map((part) => part.text ?? '').join('\n');
    answers.push({
      ...{ server, tool },
      text: countTokens(text),
      structured: answer.structuredContent && countTokens(answer.structuredContent),
      refused: answer.isError ? text.split('\n', 1)[0] : undefined,
    });
  }
  return answers;
}

function serversTable(lists: readonly ListTokens[]): Table {
  return {
    title: 'Tokens of tools/list (o200k_base)',
    note: 'Name, title, description and input schema, as JSON, are what clients put before their model; output schemas and the whole list beside.',
    columns: ['', 'tools', 'shown', 'per tool', 'largest', 'output schemas', 'whole list'],
    rows: lists.map((each) => [
      each.server,
      String(each.tools.length),
      String(totalShown(each)),
      averageShown(each).toFixed(0),
      String(largest(each)),
      String(each.tools.reduce((sum, { outputSchema }) => sum + outputSchema, 0)),
      String(each.list),
    ]),
  };
}

function toolsTable(lists: readonly ListTokens[], answers: readonly AnswerTokens[]): Table {
  const refusals = answers.filter(({ refused }) => refused !== undefined);
  return {
    title: 'Tokens of each tool and of its typical answer',
    note: `Answers as somebody who looks into the sandbox's incident gets them: the text, and the structured content of the same answer. ${refusals.length === 0 ? '' : 'A tool marked * refused, and its text is the refusal.'}`,
    columns: ['', 'shown', 'output schema', 'answer text', 'structured'],
    rows: lists.flatMap(({ server, tools }) =>
      tools.map(({ tool, shown, outputSchema }) => {
        const answer = answers.find((each) => each.server === server && each.tool === tool);
        return [
          `${server} ${tool}${answer?.refused === undefined ? '' : ' *'}`,
          String(shown),
          String(outputSchema),
          answer === undefined ? '-' : String(answer.text),
          answer?.structured === undefined ? '-' : String(answer.structured),
        ];
      }),
    ),
  };
}

function aimsOf(lists: readonly ListTokens[]): readonly Aim[] {
  const most = (figure: (each: ListTokens) => number) => Math.max(...lists.map(figure));
  return [
    aimAtMost(
      'tokens per tool, the highest average of a server',
      most(averageShown),
      tokenBudgets.average,
      'tokens',
      0,
    ),
    aimAtMost('tokens of the largest tool', most(largest), tokenBudgets.largest, 'tokens', 0),
    aimAtMost('tokens of the largest server', most(totalShown), tokenBudgets.server, 'tokens', 0),
  ];
}

function largest({ tools }: ServerTokens): number {
  return Math.max(...tools.map(({ shown }) => shown));
}
