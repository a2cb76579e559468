/** What each endpoint takes and answers, out of the generated `paths`. */
import type { paths } from './schema'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

type Base = '/api/v1'
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined
type Told<T> = [T] extends [never] ? unknown : T
type Of<T, Name extends string> = Name extends keyof T ? Told<Exclude<T[Name], undefined>> : unknown
/** What is asked may be left open: null and undefined are not sent. */
type Open<T> = { [Name in keyof T]: T[Name] | (undefined extends T[Name] ? null : never) }

/** The endpoints of a method, without `/api/v1`. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends object
    ? P extends `${Base}${infer Rest}`
      ? Rest
      : never
    : never
}[keyof paths]

type Operation<M extends Method, P extends string> = P extends string
  ? `${Base}${P}` extends keyof paths
    ? paths[`${Base}${P}`][M]
    : never
  : never
type Parameters<M extends Method, P extends string> = Of<Operation<M, P>, 'parameters'>

/** The words in the path's braces and behind its question mark. */
export type Params<M extends Method, P extends string> = Of<Parameters<M, P>, 'path'> &
  Open<Of<Parameters<M, P>, 'query'>>

/** Nothing needs to be said where nothing is asked for. */
export type Given<T> = object extends T ? [given?: T] : [given: T]

export type Body<M extends Method, P extends string> = Json<Of<Operation<M, P>, 'requestBody'>>

export type Answer<M extends Method, P extends string> =
  Operation<M, P> extends { responses: infer Responses }
    ? Json<Responses[keyof Responses & (200 | 201 | 202 | 204)]>
    : never
