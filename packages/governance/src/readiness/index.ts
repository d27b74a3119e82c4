export { assessReadiness, type Readiness, type ReadinessFacts, type ReadinessItem } from './readiness.js';
