-- Feeds: what a message is about beside its patient and its visit; messages that were mended; who did what at a feed;
-- counts by the quarter of an hour, so that a feed is measured without reading its messages.

create table record.message_subject (
    source text collate "C" not null,
    kind text collate "C" not null, -- order, report, document, appointment, referral, allergy, diagnosis, patient, visit, account …
    key text collate "C" not null,
    message bigint not null references record.message (id),
    primary key (source, kind, key, message)
);
create index message_subject_of_message on record.message_subject (message);

-- The bytes as received stay; mended bytes stand beside them, and what is mapped are the last of these.
alter table record.message add column mended bytea;
create table record.message_mend (
    message bigint not null references record.message (id),
    version integer not null,
    body bytea not null,
    mended_by text not null,
    mended_at timestamptz not null,
    primary key (message, version)
);

create index message_of_merging on record.message (source, patient_key) where merged_key is not null;
create index message_by_time on record.message (source, received_at);

grant select, insert, update, delete on record.message_subject to record_worker;
grant select, delete on record.message_subject to record_api;
grant select, insert on record.message_mend to record_api;
grant select on record.message_mend to record_worker;
grant update (mended, trigger, event_time, patient_key, visit_key, merged_key, demographics) on record.message to record_api;
