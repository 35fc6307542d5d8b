-- Access: what a resource's protection depends on stands in its own row; of whom somebody may open the record is one narrow table.

-- guard: one bit for each reason to withhold a resource (config/access/policy.yaml; Record.Core/Access/Guard.cs). Bit 15 is always set.
-- source: number of the source system (0: written directly); what its agreement and a patient's objection are decided by.
alter table record.resource add column guard bigint not null default 32768, add column source integer not null default 0;
alter table record.resource_history add column guard bigint not null default 32768, add column source integer not null default 0;

-- Live facts about a source patient: who has a relationship and until when; break-glass; seals opened; objection to sharing; restriction.
-- They count for the person: every reader goes through record.link. Written in the transaction of the resource that says so.
create table record.relationship (
    patient text collate "C" not null,
    party text collate "C" not null,   -- organisation or team, user:NAME; empty: whoever asks
    kind text collate "C" not null,
    grants bigint not null,
    since timestamptz not null,
    until timestamptz not null,
    rid bigint                         -- number of the resource that says so; null where a person said so
);
create index relationship_of_patient on record.relationship (patient, until);
create index relationship_of_resource on record.relationship (rid) where rid is not null;

-- A FHIR Person has its person's id as text.
create index link_of_person_as_text on record.link ((person::text)) where current;

-- Every opening that a person gave a reason for: the whole record (break-glass) or one class of sealed content of it.
create table record.break_glass (
    id uuid primary key,
    at timestamptz not null,
    until timestamptz not null,
    actor text collate "C" not null,
    role text collate "C" not null,
    organisation text collate "C" not null,  -- whose staff
    holders text[] not null,                 -- whose record
    patient text collate "C" not null,
    seal text collate "C",                   -- null: the record; else the class that was opened
    reason text not null check (reason <> ''),
    request uuid not null,
    reviewed_by text,
    reviewed_at timestamptz,
    finding text,
    check ((reviewed_by is null) = (reviewed_at is null))
);
create index break_glass_by_time on record.break_glass (at desc);
create index break_glass_of_patient on record.break_glass (patient);

grant select, insert, delete on record.relationship to record_api, record_worker;
grant select, insert on record.break_glass to record_api;
grant update (reviewed_by, reviewed_at, finding) on record.break_glass to record_api;

-- Raised when a statement would write to a record that its caller may not open; undoes the statement's transaction.
create function record.refuse_write() returns boolean language plpgsql as $$
begin
    raise exception 'the caller has no relationship with the person' using errcode = 'insufficient_privilege';
end $$;
