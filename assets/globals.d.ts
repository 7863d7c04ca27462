// What the page's scripts share and the browser does not know of itself.
import type * as Leaflet from "leaflet";

declare global {
  interface Window {
    /** Leaflet, once dash-leaflet has brought it. */
    L: typeof Leaflet;
    dash_clientside: { set_props(id: string, props: Record<string, unknown>): void };
  }

  /** What a script keeps at an element that it made. */
  interface Element {
    /** The elements inside that are updated. */
    parts?: any;
    /** What is shown in it now. */
    shown?: any;
  }

  /** A name in both languages of the room. */
  interface Label {
    ko: string;
    en: string;
  }

  /** A value, when it was measured and how often it should be; `value` is null where there is none. */
  interface Reading {
    value: number | null;
    unit?: string;
    time_ms: number | null;
    period_s: number | null;
  }

  type AlarmPriority = "critical" | "high" | "medium" | "low";
  type AlarmState = "unack" | "ack" | "returned" | "latched" | "latched_ack" | "normal";
  type IncidentGrade = "serious" | "alert" | "caution" | "attention";

  /** A part of a drawing: tag, attributes, text. */
  type SvgMark = [string, Record<string, string | number | null>, string?];

  /** An asset as the inventory has it. */
  interface Asset {
    id: string;
    kind: string;
    name: Label;
    lat: number;
    lon: number;
    zone?: string;
    /** How often it should be heard, in seconds; null where it never speaks. */
    period_s?: number | null;
    traits?: Record<string, any>;
  }

  /** Where a vehicle glides to: pixels of zoom 0, degrees, and ms of the performance clock. */
  interface Glide {
    /** When it began, and how long it takes. */
    at: number;
    step: number;
    from: { x: number; y: number; heading: number };
    x: number;
    y: number;
    heading: number;
  }

  /** What the map knows of an asset. */
  interface Mark {
    id: string;
    kind: string;
    /** Group of the legend. */
    group: string;
    name: Label;
    zone: string;
    period: number | null;
    traits: Record<string, any>;
    lat: number;
    lon: number;
    /** Pixels of zoom 0. */
    x: number;
    y: number;
    /** Level of its own state, and the worst of that and its alarms: 0 calm to 4 critical. */
    own: number;
    level: number;
    /** When it was heard last, in ms since 1970. */
    time: number;
    fields: Record<string, any>;
    alarms: Map<string, Alarm>;
    /** Whether one of its alarms waits. */
    unack: boolean;
    gone: boolean;
    way?: Glide;
    cargo?: string;
    /** Where a vehicle was drawn last, in units of the canvas. */
    drawn?: [number, number];
  }

  /** What happens on the map: an incident, or alarms that none holds. */
  interface MapIncident {
    spot: { lat: number; lon: number; x: number; y: number };
    mark?: Mark;
    alarm?: Alarm;
    incident?: string;
    card?: IncidentCard;
    level: number;
    title: string;
    /** How far it reaches on all sides, in metres. */
    radius?: number | null;
    /** Where the wind carries it, in degrees; null where it is not known. */
    toDeg: number | null;
    /** How far the wind carries it, in metres. */
    reach: number;
    /** Half of the angle of its sector, in degrees. */
    half: number;
  }

  /** What is known now, by kind of push message: docs/push.md has the kinds. */
  interface ParkState {
    /** Asset id -> [level 0 to 4, time in ms, fields]. */
    assets: Record<string, [number, number | null, Record<string, any>]>;
    vehicles: Record<string, any[]>;
    detections: Record<string, any>;
    alarms: Record<string, Alarm>;
    incidents: Record<string, IncidentCard>;
    [kind: string]: any;
  }

  /** An alarm as it is pushed: `AlarmCard` in park/alarms. */
  interface Alarm {
    alarm: string;
    asset: string;
    condition: string;
    priority: AlarmPriority;
    state: AlarmState;
    name: Label;
    place: Label;
    raised_ms: number;
    acked_ms?: number | null;
    user?: string | null;
    value?: number | null;
    limit?: number | null;
    unit?: string;
    incident?: string | null;
    overlay?: string | null;
    lat?: number;
    lon?: number;
  }

  /** An incident as it is pushed, as far as the order needs it: docs/architecture.md has the whole card. */
  interface IncidentCard {
    incident: string;
    grade: IncidentGrade;
    members: number;
    opened_ms: number;
    acked_ms: number | null;
    [field: string]: any;
  }
}
