/**
 * Lines of aligned columns, two spaces apart; columns whose number is in `right` are aligned right. A
 * line break within a cell becomes a space, so that no name from outside can begin a line.
 */
export function alignColumns(cells: readonly (readonly string[])[], right: readonly number[] = []): string {
  const rows = cells.map((row) => row.map((cell) => cell.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, ' ')));
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, [...cell].length);
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const gap = ' '.repeat((widths[column] ?? 0) - [...cell].length);
          return right.includes(column) ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
