/** Who is named beside a change; the audit record has the proposal's whole story. */
export function requesterOf(requestedBy: string | undefined): string {
  return requestedBy ?? 'devops-mcp';
}
