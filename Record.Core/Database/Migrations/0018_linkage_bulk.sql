-- Linkage of a whole population; decisions as a log that can be replayed; numbers that stewards withdrew; who put weights into use.

-- A run that links everybody. While one is open nobody else links: the consumer waits, stewards are told to.
create table record.linkage_run (
    id uuid primary key,
    kind text not null check (kind in ('first', 'again')),
    started_at timestamptz not null,
    started_by text not null,
    horizon xid8 not null,              -- changes before it are the run's, those after it the consumer's
    stage text not null default 'subjects' check (stage in ('subjects', 'blocks', 'links', 'persons', 'stream', 'done')),
    place text,                         -- how far the stage has come: a stopped run goes on from there
    weights_version integer not null,
    records bigint,
    persons bigint,
    questions bigint,
    finished_at timestamptz,
    check ((stage = 'done') = (finished_at is not null))
);
create unique index one_open_linkage_run on record.linkage_run ((true)) where finished_at is null;
grant select, insert, update on record.linkage_run to record_worker;
grant select on record.linkage_run to record_api, reporting;

-- By what results are told, never compared.
alter table record.match_subject add column ethnicity text;

-- A decision names the records it is about, so that it can be carried out again where questions and persons have other ids.
alter table record.link_decision add column first text collate "C", add column second text collate "C";
update record.link_decision d set first = r.first, second = r.second from record.link_review r where r.id = d.review;
update record.link_decision d set first = o.patient from record.overlay o where o.id = d.overlay;
update record.link_decision d set first = d.moved -> 0 ->> 'patient' where d.first is null and jsonb_array_length(d.moved) > 0;
update record.link_decision d set first = u.first, second = u.second from record.link_decision u where u.id = d.undoes;
alter table record.link_decision drop constraint link_decision_kind_check;
alter table record.link_decision add constraint link_decision_kind_check check (kind in
    ('link', 'keep-apart', 'undo', 'unlink', 'one-person', 'two-people', 'number-invalidated', 'number-superseded', 'weights-activated'));
create index link_decision_by_time on record.link_decision (at, id);

-- NHS numbers that no longer stand for anybody, or for whom another number stands.
create table record.withdrawn_number (
    number text collate "C" primary key check (number ~ '^[0-9]{10}$'),
    replaced_by text collate "C" check (replaced_by ~ '^[0-9]{10}$' and replaced_by <> number), -- null: invalidated
    decision uuid not null references record.link_decision (id) deferrable initially deferred, -- it is entered when it has been carried out
    since timestamptz not null
);
grant select, insert, update, delete on record.withdrawn_number to record_worker, record_api;

-- Weights are used from when somebody says so. The latest entry is in use; version 0 is what the product comes with.
create table record.match_weights_use (
    number bigint generated always as identity primary key,
    version integer not null check (version >= 0),
    since timestamptz not null,
    decided_by text not null,
    decision uuid references record.link_decision (id) deferrable initially deferred
);
insert into record.match_weights_use (version, since, decided_by) select version, estimated_at, estimated_by from record.match_weights order by version;
grant select, insert on record.match_weights_use to record_worker, record_api;
grant select on record.match_weights_use, record.withdrawn_number to reporting;

-- Bulk writing numbers records itself and, when done, brings the tables into order.
grant usage on sequence record.match_subject_number_seq to record_worker;
grant maintain on record.match_subject, record.match_block, record.link, record.link_review, record.person, record.person_change to record_worker;
create index match_subject_crowded on record.match_subject (number) where crowded > 0;
