import type { LabelSelector } from './objects.js';

/** As the query parameter `labelSelector`. */
export function selectorQuery({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (matchExpressions ?? []).map(({ key, operator, values }) => {
    const list = (values ?? []).join(',');
    if (operator === 'In') return `${key} in (${list})`;
    if (operator === 'NotIn') return `${key} notin (${list})`;
    return operator === 'Exists' ? key : `!${key}`;
  });
  return [...labels, ...expressions].join(',');
}

/** Whether a selector takes an object with these labels; an empty one takes every object. */
export function selects(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const equal = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = labels[key];
      const listed = value !== undefined && (values ?? []).includes(value);
      if (operator === 'In') return listed;
      if (operator === 'NotIn') return !listed;
      return operator === 'Exists' ? value !== undefined : value === undefined;
    })
  );
}
