import type { Workload } from './workload.js';

/** Warns when something else keeps the workload as it is declared elsewhere, and names the better way. */
export function managedWarnings(
  { metadata }: Workload,
  act: 'scale' | 'restart' | 'roll back',
): readonly string[] {
  const { labels, annotations } = metadata;
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  const has = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  const warnings: string[] = [];
  if (has('argocd.argoproj.io/'))
    warnings.push(
      act === 'restart'
        ? 'Argo CD manages this workload; a restart survives unless self-healing removes the annotation.'
        : `Argo CD manages this workload and will undo this at its next sync: ${act} in its repository, or pause auto-sync first.`,
    );
  if (has('kustomize.toolkit.fluxcd.io/') || has('helm.toolkit.fluxcd.io/'))
    warnings.push(
      act === 'restart'
        ? 'Flux manages this workload; a restart survives unless Flux removes the annotation.'
        : `Flux manages this workload and will undo this when it reconciles: ${act} in its repository, or suspend it first.`,
    );
  else if (labels['app.kubernetes.io/managed-by'] === 'Helm' && act !== 'restart')
    warnings.push(
      act === 'scale'
        ? "Helm manages this workload: the release's next upgrade sets the replicas of its values again."
        : 'Helm manages this workload and does not learn of this: the better way is helm rollback, which also takes back what else the release changed.',
    );
  return warnings;
}
