export * from './collaborators.js';
export * from './model.js';
export * from './store/index.js';
