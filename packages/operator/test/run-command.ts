import { Command } from 'commander';

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs one command as the program does, in this process, and catches what it writes. */
export async function runCommand(add: (program: Command) => void, ...args: readonly string[]): Promise<Ran> {
  const program = new Command('devops-mcp').exitOverride();
  add(program);
  const written = { out: '', err: '' };
  const { stdout, stderr } = process;
  const originals = { out: stdout.write, err: stderr.write };
  const catching = (which: 'out' | 'err') => (text: unknown) => {
    written[which] += String(text);
    return true;
  };
  stdout.write = catching('out');
  stderr.write = catching('err');
  try {
    await program.parseAsync([...args], { from: 'user' });
  } finally {
    stdout.write = originals.out;
    stderr.write = originals.err;
  }
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { ...written, code };
}
