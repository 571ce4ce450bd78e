export * from './form'
export * from './geometry'
export * from './marks'
