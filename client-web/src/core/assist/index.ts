export * from './editor'
export * from './form'
export * from './geometry'
export * from './marks'
