-- The two figures that read search values, over the narrow rows of 0007; what they count is as it was.

create or replace function reporting.people_by_settings(p_from timestamptz, p_to timestamptz, p_sources text[], p_settings text[])
returns table (settings text[], people bigint)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return query
        with setting_of (source, setting) as (
            select 'urn:source:' || s.source, s.setting from unnest(p_sources, p_settings) as s (source, setting)),
        active (patient) as (
            select distinct r.patient
            from record.search_value e
            join record.resource r on r.rid = e.rid and not r.deleted
            where e.parameter::int = record.search_parameter('Encounter', 'date') and e.value is null and e.number is null and r.patient is not null
              and e.low < p_to and coalesce(e.high, e.low) >= p_from
              and not exists (
                select from record.search_value s
                where s.rid = e.rid and s.parameter = record.search_parameter('Encounter', 'status')
                  and s.value in ('planned', 'cancelled', 'entered-in-error'))),
        by_person (person, settings) as (
            select l.person, array_agg(distinct g.setting order by g.setting)
            from active a
            join record.link l on l.patient = a.patient and l.current
            join record.resource p on p.type = 'Patient' and p.id = a.patient and not p.deleted
            join record.search_value v on v.rid = p.rid and v.parameter = record.search_parameter('Patient', '_source')
            join setting_of g on g.source = v.value
            group by l.person)
        select b.settings, count(*) from by_person b group by b.settings;
end $$;

create or replace function reporting.simulated_contributed() returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (
            select from record.search_value v
            where v.parameter::int in (record.search_parameter('Patient', '_tag'), record.search_parameter('Encounter', '_tag'))
              and v.value = 'simulated'
              and v.system = (select y.number from record.search_system y where y.uri = 'https://fhir.mse-epr.nhs.uk/CodeSystem/origin'))
        or exists (select from record.pathway_clock c where c.simulated)
        or exists (select from reporting.simulated_contribution)
        or exists (select from reporting.run r where r.origin = 'simulated');
end $$;
