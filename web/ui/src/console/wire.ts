/** What the console reads from the platform, as `openapi.json` and docs/console-protocol.md promise. */
import type { Shape } from '@/shared/api/types'

export type Incident = Shape<'Incident'>
export type IncidentDetail = Shape<'IncidentDetail'>
export type Category = Incident['category']
export type Priority = Incident['priority']
export type IncidentState = Incident['state']
export type Disposition = NonNullable<Incident['disposition']>
export type Assignment = Shape<'Assignment'>
export type AssignmentState = Assignment['state']
export type ResidentBrief = Shape<'ResidentBrief'>
export type Gender = ResidentBrief['gender']
export type Resident = Shape<'Resident'>
export type Contact = Shape<'Contact'>
export type TimelineItem = Shape<'TimelineItem'>
export type Alarm = Shape<'Alarm'>
export type Delay = Shape<'Delay'>
/** A caregiver who could go. */
export type Responder = Shape<'Candidate'>
export type CaregiverPosition = Shape<'CaregiverPosition'>
export type TerminalCounts = Shape<'TerminalCounts'>
export type TerminalItem = Shape<'TerminalItem'>
export type EscalationSettings = Shape<'RingingSteps'>
export type HomeDot = Shape<'Dot'>
export type SearchAnswer = Shape<'SearchResult'>

export type PlanStop = Shape<'Stop'>
export type PlanRow = Shape<'Route'>
export type Unplaced = Shape<'Unplaced'>
export type PlanInfo = Shape<'PlanBrief'>
export type PlanKind = PlanInfo['kind']
export type CurrentPlan = Shape<'CurrentPlan'>
export type Job = Shape<'PlanningJob'>
export type JobState = Job['state']
export type JobProgress = Shape<'Progress'>

export type Seat = Shape<'Seat'>
/** One visit that an alternative changes. */
export type RepairChange = Shape<'VisitChange'>
/** One way to go on when the day has changed. */
export type Alternative = Shape<'Alternative'>
export type Repair = Shape<'Repair'>
export type RepairCause = Repair['cause']
export type RepairWhy = NonNullable<Repair['why']>
export type AskRepair = Shape<'AskRepair'>
export type RoadClosure = Shape<'RoadClosure'>
export type CloseRoad = Shape<'CloseRoad'>

export type WeekVisit = Shape<'WeekVisit'>
export type WeekVisitState = WeekVisit['state']
export type WeekItem = Shape<'WeekItem'>
export type WeekGap = Shape<'WeekGap'>
export type WeekDay = Shape<'WeekDay'>
export type WeekPerson = Shape<'WeekPerson'>
export type WeekProgress = Shape<'WeekProgress'>
export type WeekJob = Shape<'WeekJob'>
export type PlannedWeek = Shape<'PlannedWeek'>
export type PlanningRule = Shape<'PlanningRule'>
export type PlanningRules = Shape<'PlanningRules'>

export type Certificate = Shape<'Certificate'>
export type Certificates = Shape<'Certificates'>
/** Somebody who works here. */
export type Holder = Shape<'Holder'>

/** What `/ws/console` says. */
export type ConsoleFrame = Shape<'ConsoleFrame'>
