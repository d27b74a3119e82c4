/**
 * True for names in which production may be meant: `prod-eu`, `eks-production`, `live`, `shopprod1`.
 * Errs on the careful side: `non-prod` counts, `product-catalog` does not.
 */
export function looksLikeProduction(name: string): boolean {
  return /prod(?!uct(?!ion))/i.test(name) || /(^|[^a-z])(prd|live)([^a-z]|$)/i.test(name);
}

/** True for clusters that run on this machine by the names that their makers give them. */
export function looksLocal(name: string): boolean {
  return /^(kind-|k3d-|minikube$|docker-desktop$|rancher-desktop$|colima|orbstack$|microk8s$)/i.test(name);
}
