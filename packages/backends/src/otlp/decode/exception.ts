/** What a text says about the exception it reports. */
export interface Exception {
  readonly type: string;
  readonly message: string;
}

const longestType = 120;
const typeName = String.raw`(?:[A-Za-z_$][\w$]*[.:]{1,2})*[A-Za-z_$][\w$]*`;
/** `java.net.SocketTimeoutException: Read timed out`, `TypeError: x is not a function`, `ValueError: bad`. */
const named = new RegExp(
  String.raw`(?:^|[\s:(])(${typeName}(?:Exception|Error|Throwable|Failure|Fault|Interrupt|Timeout))(?:\s*\[[^\]]{1,60}\])?(?::\s?(.*))?$`,
);
const mention = /Exception|Error|Throwable|Traceback|panic: |Failure|Fault|Interrupt|Timeout/;
const goPanic = /^(?:panic|fatal error): (.*?)(?: \[recovered\])?$/m;
const pythonHead = 'Traceback (most recent call last):';
const frame = /^\s+at |^goroutine \d+ \[|^\s+File "/m;

/**
 * Finds the exception that a log text reports, by the forms that runtimes print: Java and .NET
 * (`Type: message`, then `at ...`), Node.js (the same), Python (`Traceback`, the exception on the
 * last line that is not indented), Go (`panic:`, then `goroutine 1 [running]:`).
 * Undefined when the text names none.
 */
export function exceptionIn(text: string): Exception | undefined {
  if (!mention.test(text)) return undefined;
  const python = text.lastIndexOf(pythonHead);
  if (python >= 0) return pythonException(text.slice(python + pythonHead.length));
  if (text.includes('panic: ') || text.includes('fatal error: ')) {
    const panic = goPanic.exec(text);
    if (panic) return { type: 'panic', message: panic[1] ?? '' };
  }
  return frame.test(text) ? aboveFrames(text) : namedIn(firstLine(text));
}

/** True when the text carries a stack trace of its own. */
export function hasStack(text: string): boolean {
  return text.includes('\n') && (text.includes(pythonHead) || frame.test(text));
}

function pythonException(rest: string): Exception | undefined {
  for (const line of rest.split('\n')) {
    if (line === '' || /^\s/.test(line)) continue;
    const match = /^([A-Za-z_][\w.]*)(?::\s?(.*))?$/.exec(line.trimEnd());
    if (match) return exception(match[1], match[2]);
  }
  return undefined;
}

/** The exception is the first line before the frames that names one. */
function aboveFrames(text: string): Exception | undefined {
  for (const line of text.split('\n', 40)) {
    const found = namedIn(line);
    if (found) return found;
    if (/^\s+at /.test(line)) return undefined;
  }
  return undefined;
}

function namedIn(line: string): Exception | undefined {
  if (line.length > 2_000) return undefined;
  const match = named.exec(line.trimEnd());
  return match ? exception(match[1], match[2]) : undefined;
}

function exception(type: string | undefined, message: string | undefined): Exception | undefined {
  if (type === undefined) return undefined;
  return { type: type.slice(0, longestType), message: message ?? '' };
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
