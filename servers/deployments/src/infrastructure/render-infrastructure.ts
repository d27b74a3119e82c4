import { alignColumns, oneLine, renderNotes } from '@devops-mcp/domain';
import type { InfrastructureAnswer } from '../tools/get-infrastructure-state.js';

export function renderInfrastructure(answer: InfrastructureAnswer): string {
  const { environment, destroys, files, changes, resources } = answer.data;
  const verdict =
    destroys > 0
      ? `A plan would DESTROY ${destroys}`
      : changes.length > 0
        ? 'Nothing would be destroyed'
        : 'Nothing is planned, drifted or tainted';
  return [
    `${environment}: ${verdict}`,
    ...files.map((file) =>
      oneLine(
        [
          `${file.file}: ${file.resources} resources`,
          `${file.planned} planned`,
          `${file.drifted} drifted`,
          `${file.tainted} tainted`,
          ...(file.terraformVersion ? [`Terraform ${file.terraformVersion}`] : []),
        ].join(', '),
      ),
    ),
    ...(changes.length > 0
      ? [alignColumns(changes.map((row) => [row.change, row.address, row.attributes.join(' ')]))]
      : []),
    ...(resources && resources.length > 0
      ? [alignColumns(resources.map((row) => [row.status, row.address, row.provider]))]
      : []),
    renderNotes(answer),
  ].join('\n');
}
