import { open } from 'node:fs/promises';

/** Why a file could not be used, in our words; `cause` holds the system's. */
export class UnusableFile extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
  }
}

const mostBytes = 64 * 1024 * 1024;

/** A JSON file of at most 64 MiB. Rejects with `UnusableFile`, which says what it is instead. */
export async function readJsonFile(path: string, signal: AbortSignal): Promise<unknown> {
  const text = await readText(path, signal);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnusableFile(whatItIs(text), cause);
  }
}

async function readText(path: string, signal: AbortSignal): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new UnusableFile('the file does not exist or cannot be read', cause);
  });
  try {
    const { size } = await file.stat();
    if (size > mostBytes) throw new UnusableFile(`the file is larger than ${mostBytes} bytes`);
    const content = await file.readFile({ signal });
    // A plan as `terraform plan -out` saves it is a ZIP archive.
    if (content.subarray(0, 2).toString('latin1') === 'PK')
      throw new UnusableFile('this is a saved plan; convert it with `terraform show -json`');
    return content.toString('utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    if (cause instanceof UnusableFile || signal.aborted) throw cause;
    throw new UnusableFile('the file cannot be read', cause);
  } finally {
    await file.close();
  }
}

function whatItIs(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return 'the file is empty';
  const [firstLine = ''] = trimmed.split('\n', 1);
  if (trimmed.includes('\n') && isJson(firstLine))
    return 'this is a log of `terraform plan -json`; save the plan and convert it with `terraform show -json`';
  if (/^[{[]/.test(trimmed) && !/[}\]]$/.test(trimmed))
    return 'the JSON is cut off; is it still being written?';
  return 'the file is not valid JSON';
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
