import type { components } from './generated/schema'

type Schemas = components['schemas']

/** `GET /page-config`: what every page must know before anybody signs in. */
export type PageConfig = Schemas['PageConfig']
export type ConsentText = Schemas['ConsentQuestion']

/** A name in the three interface languages. */
export type Named = Schemas['Authority']
export type ScenarioMaterial = Schemas['Needed']
export type Item = Schemas['Item']
export type Catalogue = Schemas['Catalogue']

export type Me = Schemas['Me']
export type SignedIn = Schemas['SignedIn']
export type TerminalSession = Schemas['Opened']
export type Enrolled = Schemas['Enrolled']
