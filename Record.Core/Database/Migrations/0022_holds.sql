-- Legal hold: nothing of a person, or of an organisation's sources, is deleted while it stands. Subject access: what is prepared,
-- reviewed and only then released. Restricted people are in no count by place.

create table record.legal_hold (
    id uuid primary key,
    placed_at timestamptz not null,
    placed_by text not null,
    organisation text collate "C" not null,   -- whose officer placed it
    patient text collate "C",                 -- a source patient; it holds for the person
    sources integer[] not null default '{}',  -- numbers of an organisation's sources
    reason text not null check (reason <> ''),
    released_at timestamptz,
    released_by text,
    check (patient is not null or sources <> '{}'),
    check ((released_at is null) = (released_by is null))
);
create index legal_hold_open on record.legal_hold (patient) where released_at is null;

create table record.subject_access (
    id uuid primary key,
    person uuid not null,
    organisation text collate "C" not null,   -- the controller that answers
    prepared_at timestamptz not null,
    prepared_by text not null,
    state text not null default 'prepared' check (state in ('prepared', 'reviewed', 'released')),
    items text[] not null,                    -- Type/id/version
    withheld text[] not null,                 -- of these, what is not released
    note text,
    reviewed_at timestamptz,
    reviewed_by text,
    released_at timestamptz,
    released_by text,
    check ((state = 'prepared') = (reviewed_at is null)),
    check ((state = 'released') = (released_at is not null))
);

grant select, insert on record.legal_hold, record.subject_access to record_api;
grant update (released_at, released_by) on record.legal_hold to record_api;
grant update (state, withheld, note, reviewed_at, reviewed_by, released_at, released_by) on record.subject_access to record_api;
grant select on record.legal_hold to record_worker;

-- Raised when a statement would delete what is held; undoes the statement's transaction.
create function record.refuse_deletion() returns boolean language plpgsql as $$
begin
    raise exception 'a legal hold stands' using errcode = 'object_in_use';
end $$;

-- Whether a source patient's person is restricted, over the links as they are now.
create function record.is_restricted(of_patient text) returns boolean language sql stable parallel safe return exists (
    select from record.relationship f where f.kind = 'restricted' and f.patient = of_patient)
    or exists (
        select from record.link l join record.link o on o.person = l.person and o.current
        join record.relationship f on f.patient = o.patient and f.kind = 'restricted' where l.patient = of_patient and l.current);
create index relationship_restricted on record.relationship (patient) where kind = 'restricted';

-- Clocks are counted by team and organisation: a restricted person's would say where they are.
create or replace function reporting.clock_counts(p_from date, p_to date)
returns table (rule text, rule_version integer, reading text, organisation text, team text, started_on date,
    outcome text, reason text, simulated boolean, clocks bigint)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return query
        select c.rule::text, c.rule_version, c.reading::text, c.organisation::text, c.team::text,
            (c.started_at at time zone 'Europe/London')::date, c.outcome::text, c.reason::text, c.simulated, count(*)
        from record.pathway_clock c
        where c.started_at >= (p_from::timestamp at time zone 'Europe/London')
          and c.started_at < ((p_to + 1)::timestamp at time zone 'Europe/London')
          and not record.is_restricted(c.patient)
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
end $$;
