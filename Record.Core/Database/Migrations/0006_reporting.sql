-- Reporting sees aggregates only. The role `reporting` may read no body, no clock row and no message: it calls the
-- functions below, which belong to the owner and answer with counts. Figures and runs are append-only.
-- The functions are plpgsql, so that the tables of other features are looked up when they are called.

create schema reporting;

-- One computation, and for whom it was made.
create table reporting.run (
    id uuid primary key,
    kind text collate "C" not null check (kind in ('figures', 'board-pack')),
    made_at timestamptz not null,
    made_by text not null,
    origin text collate "C" not null check (origin in ('live', 'simulated')),
    data_through timestamptz,
    file_name text
);

-- What we said, and when: a row is added when a figure is first stated and whenever it changes (valid time: period;
-- system time: recorded_at). Only what was published stands here, so suppressed counts are null.
create table reporting.figure (
    id bigint generated always as identity primary key,
    run uuid not null references reporting.run (id),
    figure text collate "C" not null,
    title text not null,
    level text collate "C" not null,
    subject text collate "C" not null,
    subject_name text not null,
    unit text not null,
    period_from date not null,
    period_to date not null,
    window_from date not null,
    window_to date not null,
    value numeric,
    numerator bigint,
    denominator bigint,
    suppressed boolean not null,
    origin text collate "C" not null check (origin in ('live', 'simulated')),
    status text collate "C" not null check (status in ('provisional', 'performance', 'final')),
    source text not null,
    rule text collate "C",
    rule_version integer,
    reading text collate "C",
    target numeric,
    data_through timestamptz,
    suppression text collate "C" not null,
    recorded_at timestamptz not null,
    check (period_from <= period_to)
);
create index figure_as_said on reporting.figure (figure, period_from, period_to, recorded_at desc, id desc);

-- A source that has once sent simulated data has contributed it for good, whatever its configuration says later.
create table reporting.simulated_contribution (
    source text collate "C" primary key,
    seen_at timestamptz not null
);

create function reporting.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'reporting.% is append-only: what was said stays said', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on reporting.run
    for each statement execute function reporting.refuse_change();
create trigger append_only before update or delete or truncate on reporting.figure
    for each statement execute function reporting.refuse_change();
create trigger append_only before update or delete or truncate on reporting.simulated_contribution
    for each statement execute function reporting.refuse_change();

-- Clocks by rule, reading, responsible team and day of the event that started them (Europe/London).
create function reporting.clock_counts(p_from date, p_to date)
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
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
end $$;

-- What each feed has done, measured from what arrived.
create function reporting.feed_measures(p_now timestamptz)
returns table (source text, first_received_at timestamptz, last_received_at timestamptz, last_event_at timestamptz,
    received bigint, mapped bigint, waiting bigint, refused bigint, backlog bigint, oldest_backlog_at timestamptz,
    received_24h bigint, refused_24h bigint)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return query
        select m.source::text, min(m.received_at), max(m.received_at),
            max(m.event_time) filter (where m.state <> 'refused' and m.event_time <= p_now),
            count(*), count(*) filter (where m.state = 'mapped'), count(*) filter (where m.state = 'waiting'),
            count(*) filter (where m.state = 'refused'), count(*) filter (where m.state = 'received'),
            min(m.received_at) filter (where m.state = 'received'),
            count(*) filter (where m.received_at > p_now - interval '24 hours'),
            count(*) filter (where m.received_at > p_now - interval '24 hours' and m.state = 'refused')
        from record.message m
        group by m.source;
end $$;

-- How many people had care in which combination of settings in a period. A person counts once, through the current
-- links of their source patients; care is an encounter that began or went on in the period and was not cancelled.
create function reporting.people_by_settings(p_from timestamptz, p_to timestamptz, p_sources text[], p_settings text[])
returns table (settings text[], people bigint)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return query
        with setting_of (source, setting) as (
            select 'urn:source:' || s.source, s.setting from unnest(p_sources, p_settings) as s (source, setting)),
        active (patient) as (
            select distinct e.patient
            from record.search_value e
            where e.type = 'Encounter' and e.parameter = 'date' and e.patient is not null
              and e.low < p_to and coalesce(e.high, e.low) >= p_from
              and not exists (
                select from record.search_value s
                where s.type = 'Encounter' and s.id = e.id and s.parameter = 'status'
                  and s.value in ('planned', 'cancelled', 'entered-in-error'))),
        by_person (person, settings) as (
            select l.person, array_agg(distinct g.setting order by g.setting)
            from active a
            join record.link l on l.patient = a.patient and l.current
            join record.search_value v on v.type = 'Patient' and v.id = a.patient and v.parameter = '_source'
            join setting_of g on g.source = v.value
            group by l.person)
        select b.settings, count(*) from by_person b group by b.settings;
end $$;

-- Whether any resource in the record says that it is simulated, or any clock was started by one.
create function reporting.simulated_contributed() returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (
            select from record.search_value v
            where v.type in ('Patient', 'Encounter') and v.parameter = '_tag' and v.value = 'simulated'
              and v.system = 'https://fhir.mse-epr.nhs.uk/CodeSystem/origin')
        or exists (select from record.pathway_clock c where c.simulated)
        or exists (select from reporting.simulated_contribution)
        or exists (select from reporting.run r where r.origin = 'simulated');
end $$;

revoke all on all functions in schema reporting from public;
grant usage on schema reporting to reporting;
grant select, insert on reporting.run, reporting.figure, reporting.simulated_contribution to reporting;
grant execute on function reporting.clock_counts(date, date), reporting.feed_measures(timestamptz),
    reporting.people_by_settings(timestamptz, timestamptz, text[], text[]), reporting.simulated_contributed() to reporting;
