import type { Runbook, RunbookStep } from '@devops-mcp/domain';
import type { MarkdownFile } from '../front-matter.js';
import { listField, textField, timeField } from './fields.js';
import { headingOf, linesOf, type MarkdownLine, titleOf } from './markdown-lines.js';

const longestBody = 64 * 1024;
const mostSteps = 100;
const longestTitle = 160;

/**
 * Names of the suite's tools as they are written in steps: a verb that the suite uses, then a noun.
 * Other names in backticks, such as metrics and columns, have no such verb.
 */
const toolName =
  /^(?:get|list|find|search|compare|build|plan|propose|execute|cancel|acknowledge|silence|create|scale|restart|rerun|trigger|open|roll|draft|investigate|run|write)(?:_[a-z]{2,30}){1,5}$/;

/** `name` is the file's name without its ending. */
export function readRunbook(name: string, file: MarkdownFile): Runbook {
  const { fields, body } = file;
  return {
    id: textField(fields, 'id') ?? name,
    title: textField(fields, 'title') ?? titleOf(body) ?? name,
    services: listField(fields, 'services', 'service'),
    alerts: listField(fields, 'alerts', 'alert'),
    tags: listField(fields, 'tags'),
    reviewed: timeField(fields, 'reviewed', 'last_reviewed', 'lastReviewed'),
    body: body.slice(0, longestBody),
    steps: stepsOf(linesOf(body.slice(0, longestBody))).slice(0, mostSteps),
  };
}

interface OpenStep {
  readonly title: string;
  readonly lines: string[];
}

/** The items of numbered lists, or, in a runbook without any, the sections. */
function stepsOf(lines: readonly MarkdownLine[]): readonly RunbookStep[] {
  const numbered = collect(lines, (line) => itemOf(line), true);
  return numbered.length > 0 ? numbered : collect(lines, sectionOf, false);
}

function collect(
  lines: readonly MarkdownLine[],
  begins: (line: MarkdownLine) => string | undefined,
  endsAtHeading: boolean,
): readonly RunbookStep[] {
  const steps: OpenStep[] = [];
  let open = false;
  for (const line of lines) {
    const title = begins(line);
    if (title !== undefined) {
      steps.push({ title, lines: [] });
      open = true;
    } else if (endsAtHeading && headingOf(line)) open = false;
    else if (open) steps.at(-1)?.lines.push(line.text);
  }
  return steps.map(({ title, lines: own }) => closeStep(title, own.join('\n').trim()));
}

function itemOf(line: MarkdownLine): string | undefined {
  if (line.inFence) return undefined;
  return /^ {0,3}\d{1,3}[.)][ \t]+(.+)$/.exec(line.text)?.[1]?.trim();
}

function sectionOf(line: MarkdownLine): string | undefined {
  const heading = headingOf(line);
  return heading && (heading.level === 2 || heading.level === 3) ? heading.title : undefined;
}

/** The title is what stands first in bold, else the first sentence; the rest is the text. */
function closeStep(first: string, rest: string): RunbookStep {
  const bold = /^\*\*([^*]{1,160})\*\*[ \t]*[:.-]?[ \t]*/.exec(first);
  const sentence = /^(.{1,160}?[.:!?])(?:\s|$)/.exec(first)?.[1] ?? first.slice(0, longestTitle);
  const title = bold?.[1] ?? sentence;
  const remaining = bold ? first.slice(bold[0].length) : first.slice(sentence.length).trim();
  const names = [...`${first}\n${rest}`.matchAll(/`([a-z_]{3,64})(?:\([^`]{0,200}\))?`/g)].map(
    (match) => match[1] ?? '',
  );
  return {
    title: title.replace(/[.:]$/, ''),
    text: [remaining, rest].filter((part) => part !== '').join('\n'),
    tools: [...new Set(names.filter((name) => toolName.test(name)))],
  };
}
