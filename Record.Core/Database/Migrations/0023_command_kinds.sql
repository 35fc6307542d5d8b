-- Decisions name what they are about (0018): numbers that were withdrawn and weights that were put into use are in the command log too.
create or replace view record.command as
    select c.at, c.seq as place, case when b.body is null then 'delete' else 'write' end as kind, c.cause, c.type, c.id, b.body, null::jsonb as details
    from record.change c
    left join lateral (
        select r.body from record.resource r where r.type = c.type and r.id = c.id and r.version = c.version and not r.deleted
        union all
        select h.body from record.resource_history h where h.type = c.type and h.id = c.id and h.version = c.version
        limit 1) b on true
    where c.cause not in ('feed', 'identity', 'linkage', 'pathways', 'referrals', 'configuration', 'dry-run')
    union all
    select o.raised_at, 0, 'quarantine', 'identity', 'Patient', o.patient, null, jsonb_build_object('before', o.version_before, 'after', o.version_after)
    from record.overlay o
    union all
    select d.at, row_number() over (order by d.at, d.id), d.kind, 'identity', 'Patient', coalesce(d.first, r.first, o.patient, d.moved -> 0 ->> 'patient'), null,
        jsonb_build_object('id', d.id, 'second', coalesce(d.second, r.second), 'weight', r.weight, 'why', r.reason, 'weights', r.weights_version,
            'undoes', d.undoes, 'by', d.decided_by, 'organisation', d.organisation, 'reason', d.reason)
    from record.link_decision d
    left join record.link_review r on r.id = d.review
    left join record.overlay o on o.id = d.overlay
    union all
    select w.estimated_at, 0, 'weights', 'identity', 'Patient', w.version::text, null, jsonb_build_object('by', w.estimated_by, 'records', w.records, 'weights', w.weights)
    from record.match_weights w;
