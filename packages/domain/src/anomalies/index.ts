export { type AnomalySample, type AnomalySeries, withoutLoneWholes } from './anomaly-series.js';
export { findInSeries, hintsOfShort } from './find-in-series.js';
export { anomalyMethod, rankAnomalies } from './rank-anomalies.js';
export { countingNoise, leastDeviation } from './signal-noise.js';
