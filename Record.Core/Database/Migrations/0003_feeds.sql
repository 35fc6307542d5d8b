-- Feeds: every message as received, stored before it is acknowledged. The raw log is the root of truth (DESIGN.md section 6).

create table record.message (
    id bigint generated always as identity primary key,
    source text collate "C" not null,
    control_id text collate "C" not null,
    -- A control id may end in a number that its sender counts up; what stands before it names the lane.
    lane text collate "C" generated always as (substring(control_id from '^(.*)-[0-9]{1,15}$')) stored,
    lane_place bigint generated always as (substring(control_id from '-([0-9]{1,15})$')::bigint) stored,
    trigger text collate "C" not null,
    event_time timestamptz,
    received_at timestamptz not null,
    acknowledged_at timestamptz not null default clock_timestamp(), -- written with the batch, just before the answer
    mapped_at timestamptz,
    state text collate "C" not null check (state in ('received', 'mapped', 'waiting', 'refused')),
    reason text,
    patient_key text collate "C",
    visit_key text collate "C",
    merged_key text collate "C",
    demographics bytea, -- digest of what it says of the patient, so that a fold reads each statement once
    digest bytea not null,
    body bytea not null,
    check (state <> 'refused' or reason is not null)
);
create unique index message_once on record.message (source, control_id) where state <> 'refused';
create unique index message_refused_once on record.message (source, control_id, digest) where state = 'refused';
create index message_to_map on record.message (id) where state = 'received';
create index message_of_patient on record.message (source, patient_key, demographics, event_time desc, id desc) where state in ('received', 'mapped');
create index message_of_visit on record.message (source, visit_key) where visit_key is not null;
create index message_of_merge on record.message (source, merged_key) where merged_key is not null;
create index message_of_lane on record.message (source, lane, lane_place);
create index message_to_mend on record.message (source, state, id) where state in ('waiting', 'refused');

grant select, insert on record.message to record_api, record_worker;
grant update (state, reason, mapped_at) on record.message to record_worker, record_api;
