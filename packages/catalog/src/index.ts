export type { CatalogProblem, ProblemCode } from './catalog-problem.js';
export { type Catalog, type CatalogOptions, loadCatalog } from './load-catalog.js';
export { catalogBounds } from './read-files.js';
