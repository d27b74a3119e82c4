import { parsePeriod } from '@devops-mcp/domain';

/**
 * The windows in which the owner wants no change and which are open now, from the annotation
 * `devops-mcp/freeze-windows`: ISO 8601 intervals separated by commas. An interval that cannot be
 * read is shown as it stands, since a freeze must not be lost to a typing mistake.
 */
export function openFreezeWindows(annotation: string | undefined, now: Date): string[] {
  if (annotation === undefined) return [];
  return annotation
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '' && isOpen(text, now));
}

function isOpen(text: string, now: Date): boolean {
  try {
    const { window } = parsePeriod(text, now);
    return window.start <= now && now < window.end;
  } catch {
    return true;
  }
}
