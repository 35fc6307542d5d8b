-- Linkage: what source patients are compared by, the stewards' queue, decisions, estimated weights.

-- What matching compares, one row a source patient: folded names and so on, and the keys of the blocks it is in.
create table record.match_subject (
    number bigint generated always as identity primary key,
    patient text collate "C" not null unique,
    features jsonb not null,
    keys bigint[] not null,
    organisation text,                      -- who manages it, where the source says so
    crowded smallint not null default 0,    -- keys whose block was too large to be compared
    held boolean not null default false     -- may be two people: nothing is linked to it
);

-- Blocks: who shares a key. Kept beside the arrays because a block's size has to be known cheaply.
create table record.match_block (
    key bigint not null,
    subject bigint not null,
    primary key (key, subject)
);

-- Pairs that a steward decides, remembered for good. The order of the two is by id, so that a pair stands once.
create table record.link_review (
    id uuid primary key,
    first text collate "C" not null,
    second text collate "C" not null,
    weight double precision not null,
    reason text not null,
    weights_version integer not null,
    state text not null default 'open' check (state in ('open', 'linked', 'kept-apart', 'withdrawn')),
    raised_at timestamptz not null,
    changed_at timestamptz not null,
    check (first < second),
    unique (first, second)
);
create index link_review_of_second on record.link_review (second);
create index link_review_open on record.link_review (weight desc, id) where state = 'open';

-- Source patients that may be two people: their data changed beyond recognition.
create table record.overlay (
    id uuid primary key,
    patient text collate "C" not null,
    version_before integer not null,
    version_after integer not null,
    person_before uuid not null references record.person (id),
    state text not null default 'open' check (state in ('open', 'one-person', 'two-people')),
    raised_at timestamptz not null
);
create unique index one_open_overlay_per_patient on record.overlay (patient) where state = 'open';

-- Who decided what, when and why. Never changed; an undo is a decision of its own.
create table record.link_decision (
    id uuid primary key,
    at timestamptz not null,
    kind text not null check (kind in ('link', 'keep-apart', 'undo', 'unlink', 'one-person', 'two-people')),
    review uuid references record.link_review (id),
    overlay uuid references record.overlay (id),
    undoes uuid unique references record.link_decision (id),
    decided_by text not null,
    organisation text not null,
    reason text not null check (reason <> ''),
    -- The links before: patient by patient, so that an undo puts each back.
    moved jsonb not null default '[]',
    check (undoes <> id)
);
create index link_decision_of_review on record.link_decision (review);
create index link_decision_of_overlay on record.link_decision (overlay);

create table record.match_weights (
    version integer primary key check (version > 0),
    estimated_at timestamptz not null,
    estimated_by text not null,
    records bigint not null,
    weights jsonb not null
);

-- No link follows itself, and none of what it supersedes follows it: a link supersedes an older one of the same patient.
create function record.link_supersedes_older() returns trigger language plpgsql as $$
begin
    if not exists (select from record.link l where l.id = new.supersedes and l.patient = new.patient and l.id <> new.id and not l.current) then
        raise exception 'a link supersedes a past link of its own patient' using errcode = 'check_violation', constraint = 'link_supersedes_older';
    end if;
    return new;
end $$;
create trigger link_supersedes_older before insert on record.link for each row when (new.supersedes is not null) execute function record.link_supersedes_older();
-- What a link says never changes; only whether it is the current one.
create function record.link_stays() returns trigger language plpgsql as $$
begin
    if (new.id, new.patient, new.person, new.method, new.decided_by, new.decided_at, new.supersedes) is distinct from
       (old.id, old.patient, old.person, old.method, old.decided_by, old.decided_at, old.supersedes) or new.current and not old.current then
        raise exception 'a link is superseded, never changed' using errcode = 'check_violation', constraint = 'link_stays';
    end if;
    return new;
end $$;
create trigger link_stays before update on record.link for each row execute function record.link_stays();

-- Tasks that a human has touched, by patient: they survive an unlink.
create index change_of_task_by_human on record.change (patient, id) where type = 'Task' and cause = 'api';

drop table record.match_key;

-- What is there already is read again, so that it can be compared.
insert into record.change (partition, type, id, version, patient, cause, at)
    select 1 + (hashtext(r.patient) & 7), r.type, r.id, r.version, r.patient, 'linkage', r.updated from record.resource r where r.type = 'Patient' and not r.deleted;

grant select, insert, update, delete on record.match_subject to record_worker, record_api;
grant select, insert, delete on record.match_block to record_worker, record_api;
grant select, insert, update on record.link_review, record.overlay to record_worker, record_api;
grant select, insert on record.link_decision, record.match_weights to record_worker, record_api;
grant select on record.match_subject, record.match_block, record.link_review, record.overlay, record.link_decision, record.match_weights to reporting;
grant insert on record.person, record.link to record_api;
grant update (current) on record.link to record_api;
