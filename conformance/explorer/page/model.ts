// What the model says, as the functions of `../src` return it.

export interface Why { clause: string; level: string; deviation?: string; text: string; instead?: string; versions?: string }
export interface Allowed { outcome: string; justifications: Why[] }
export interface Call { line: string; race?: number; allowed: Allowed[]; unknown?: boolean }
export interface Answers { script: string; profile: string; calls: Call[] }
export interface Mistake { line: number; column: number; length: number; problem: string; instead: string | null; mend: { length: number; text: string } | null; because: string }
export type Either<T> = { Ok: T } | { Err: string };
export interface Table { script: string; races: boolean; distinct: Call[]; platforms: Either<[profile: string, calls: number[]]>[]; stopped: [made: number, of: number] | null }
export type Answer = { mistake: Mistake } | { table: Table };
export interface Outcome { answers: string[]; why: Why[][]; order: number[] }
export interface Race { calls: number[]; outcomes: Outcome[]; bounded: string | null; alike: string[][] }
export interface About { id: string; title: string; releases: Record<string, string[]>; settings: Record<string, [string, string[]]>; notes: [string, string][] }
export interface Example { title: string; text: string; is_case: boolean }
export interface Choice { text: string; when: string; deviation: string | null; because: string; instead: string }
export interface Row { key: string; about: string; platforms: { choices: Choice[]; source: string }[] }

/** POSIX is shown beside the platforms, and is none that others could differ from. */
export const isPlatform = (profile: string) => profile !== "posix";

/** What the worker can be asked for, with the arguments and what comes back. */
export interface Functions {
  platforms: { takes: []; gives: About[] };
  examples: { takes: []; gives: Example[] };
  rules: { takes: []; gives: Row[] };
  answer: { takes: [script: string, choices: string]; gives: Answer };
  race: { takes: [script: string, platform: string, user: number]; gives: Either<Race> };
}
