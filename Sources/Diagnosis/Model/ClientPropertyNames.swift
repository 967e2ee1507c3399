/// What each client's producer can be told, by the client's own names: what it acts upon, and what changes nothing.
///
/// From the clients themselves: librdkafka 2.0 to 2.16 (`rd_kafka_conf_properties_show`), kafka-clients 4.3 and before
/// (`ProducerConfig`, `ConsumerConfig`), kafka-python 3.0 (`DEFAULT_CONFIG`), aiokafka 0.14 (its constructors). A
/// release may know more: what is in none of these lists is the client's to judge.
enum ClientPropertyNames {
    /// Names that a producer of the client acts upon.
    static func producer(_ client: String) -> [String] {
        switch client {
        case "librdkafka": librdkafka
        case "kafka-clients": kafkaClients
        case "kafka-python": kafkaPython
        case "aiokafka": aiokafka
        default: []
        }
    }

    /// Names that the client takes, or knows, and that change nothing for a producer, with the reason.
    static func withoutEffect(_ client: String) -> [String: String] {
        let (consumer, bootstrap, code, old): ([String], [String], [String], [String]) =
            switch client {
            case "librdkafka":
                (librdkafkaConsumer, ["bootstrap.servers", "metadata.broker.list"], librdkafkaCode, librdkafkaUnused)
            case "kafka-clients":
                (kafkaClientsConsumer, ["bootstrap.servers"], ["key.serializer", "value.serializer"], [])
            case "kafka-python":
                (kafkaPythonConsumer, ["bootstrap_servers"], kafkaPythonCode, [])
            case "aiokafka": (aiokafkaConsumer, ["bootstrap_servers"], aiokafkaCode, [])
            case "raw": ([], ["bootstrap.servers"], [], [])
            default: ([], [], [], [])
            }
        var reasons: [String: String] = [:]
        for name in consumer { reasons[name] = "it is a consumer's" }
        for name in bootstrap { reasons[name] = "the harness sets it, so that the client stays on the link" }
        for name in code { reasons[name] = "it is set by code, not by text" }
        for name in old { reasons[name] = "the client does not use it any more" }
        return reasons
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}

extension ClientPropertyNames {
    /// librdkafka: those for producers and for both, aliases too.
    static let librdkafka = words(
        """
        acks allow.auto.create.topics api.version.fallback.ms api.version.request api.version.request.timeout.ms
        batch.num.messages batch.size broker.address.family broker.address.ttl broker.version.fallback
        client.dns.lookup client.id client.rack compression.codec compression.level compression.type
        connections.max.idle.ms debug delivery.report.only.error delivery.timeout.ms enable.gapless.guarantee
        enable.idempotence enable.metrics.push enable.random.seed enable.sasl.oauthbearer.unsecure.jwt
        enable.ssl.certificate.verification https.ca.location https.ca.pem internal.termination.signal linger.ms
        log.connection.close log.queue log.thread.name log_level max.in.flight max.in.flight.requests.per.connection
        message.copy.max.bytes message.max.bytes message.send.max.retries message.timeout.ms metadata.max.age.ms
        metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy partitioner plugin.library.paths
        queue.buffering.backpressure.threshold queue.buffering.max.kbytes queue.buffering.max.messages
        queue.buffering.max.ms queuing.strategy receive.message.max.bytes reconnect.backoff.max.ms
        reconnect.backoff.ms request.required.acks request.timeout.ms retries retry.backoff.max.ms retry.backoff.ms
        sasl.kerberos.keytab sasl.kerberos.kinit.cmd sasl.kerberos.min.time.before.relogin sasl.kerberos.principal
        sasl.kerberos.service.name sasl.mechanism sasl.mechanisms sasl.oauthbearer.assertion.algorithm
        sasl.oauthbearer.assertion.claim.aud sasl.oauthbearer.assertion.claim.exp.seconds
        sasl.oauthbearer.assertion.claim.iss sasl.oauthbearer.assertion.claim.jti.include
        sasl.oauthbearer.assertion.claim.nbf.seconds sasl.oauthbearer.assertion.claim.sub
        sasl.oauthbearer.assertion.file sasl.oauthbearer.assertion.jwt.template.file
        sasl.oauthbearer.assertion.private.key.file sasl.oauthbearer.assertion.private.key.passphrase
        sasl.oauthbearer.assertion.private.key.pem sasl.oauthbearer.client.credentials.client.id
        sasl.oauthbearer.client.credentials.client.secret sasl.oauthbearer.client.id sasl.oauthbearer.client.secret
        sasl.oauthbearer.config sasl.oauthbearer.extensions sasl.oauthbearer.grant.type
        sasl.oauthbearer.metadata.authentication.type sasl.oauthbearer.method sasl.oauthbearer.scope
        sasl.oauthbearer.sub.claim.name sasl.oauthbearer.token.endpoint.url sasl.password sasl.username
        security.protocol socket.connection.setup.timeout.ms socket.keepalive.enable socket.max.fails
        socket.nagle.disable socket.receive.buffer.bytes socket.send.buffer.bytes socket.timeout.ms
        ssl.ca.certificate.stores ssl.ca.location ssl.ca.pem ssl.certificate.location ssl.certificate.pem
        ssl.cipher.suites ssl.crl.location ssl.curves.list ssl.endpoint.identification.algorithm ssl.engine.id
        ssl.engine.location ssl.key.location ssl.key.password ssl.key.pem ssl.keystore.location ssl.keystore.password
        ssl.providers ssl.sigalgs.list statistics.interval.ms sticky.partitioning.linger.ms topic.blacklist
        topic.metadata.propagation.max.ms topic.metadata.refresh.fast.interval.ms topic.metadata.refresh.interval.ms
        topic.metadata.refresh.sparse transaction.timeout.ms transactional.id
        """)

    /// librdkafka: those for consumers.
    static let librdkafkaConsumer = words(
        """
        auto.commit.enable auto.commit.interval.ms auto.offset.reset check.crcs consume.callback.max.messages
        consume_cb coordinator.query.interval.ms enable.auto.commit enable.auto.offset.store enable.partition.eof
        fetch.error.backoff.ms fetch.max.bytes fetch.message.max.bytes fetch.min.bytes fetch.queue.backoff.ms
        fetch.wait.max.ms group.id group.instance.id group.protocol group.protocol.type group.remote.assignor
        heartbeat.interval.ms isolation.level max.partition.fetch.bytes max.poll.interval.ms max.poll.records
        offset.store.method offset.store.path offset.store.sync.interval.ms offset_commit_cb
        partition.assignment.strategy queued.max.messages.kbytes queued.min.messages rebalance_cb session.timeout.ms
        share.acknowledgement.mode
        """)

    /// librdkafka: pointers.
    static let librdkafkaCode = words(
        """
        background_event_cb closesocket_cb connect_cb default_topic_conf dr_cb dr_msg_cb enabled_events error_cb
        interceptors log_cb msg_order_cmp oauthbearer_token_refresh_cb opaque open_cb partitioner_cb resolve_cb
        socket_cb ssl.certificate.verify_cb ssl_ca ssl_certificate ssl_engine_callback_data ssl_key stats_cb
        throttle_cb
        """)

    /// librdkafka: "no longer used".
    static let librdkafkaUnused = words(
        """
        produce.offset.report reconnect.backoff.jitter.ms socket.blocking.max.ms topic.metadata.refresh.fast.cnt
        """)

    /// kafka-clients.
    static let kafkaClients = words(
        """
        acks auto.include.jmx.reporter batch.size buffer.memory client.dns.lookup client.id compression.gzip.level
        compression.lz4.level compression.type compression.zstd.level config.providers connections.max.idle.ms
        delivery.timeout.ms enable.idempotence enable.metrics.push interceptor.classes linger.ms max.block.ms
        max.in.flight.requests.per.connection max.request.size metadata.max.age.ms metadata.max.idle.ms
        metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy metric.reporters metrics.num.samples
        metrics.recording.level metrics.sample.window.ms partitioner.adaptive.partitioning.enable
        partitioner.availability.timeout.ms partitioner.class partitioner.ignore.keys receive.buffer.bytes
        reconnect.backoff.max.ms reconnect.backoff.ms request.timeout.ms retries retry.backoff.max.ms retry.backoff.ms
        sasl.client.callback.handler.class sasl.jaas.config sasl.kerberos.kinit.cmd
        sasl.kerberos.min.time.before.relogin sasl.kerberos.service.name sasl.kerberos.ticket.renew.jitter
        sasl.kerberos.ticket.renew.window.factor sasl.login.callback.handler.class sasl.login.class
        sasl.login.connect.timeout.ms sasl.login.read.timeout.ms sasl.login.refresh.buffer.seconds
        sasl.login.refresh.min.period.seconds sasl.login.refresh.window.factor sasl.login.refresh.window.jitter
        sasl.login.retry.backoff.max.ms sasl.login.retry.backoff.ms sasl.mechanism
        sasl.oauthbearer.assertion.algorithm sasl.oauthbearer.assertion.claim.aud
        sasl.oauthbearer.assertion.claim.exp.seconds sasl.oauthbearer.assertion.claim.iss
        sasl.oauthbearer.assertion.claim.jti.include sasl.oauthbearer.assertion.claim.nbf.seconds
        sasl.oauthbearer.assertion.claim.sub sasl.oauthbearer.assertion.file
        sasl.oauthbearer.assertion.private.key.file sasl.oauthbearer.assertion.private.key.passphrase
        sasl.oauthbearer.assertion.template.file sasl.oauthbearer.client.credentials.client.id
        sasl.oauthbearer.client.credentials.client.secret sasl.oauthbearer.clock.skew.seconds
        sasl.oauthbearer.expected.audience sasl.oauthbearer.expected.issuer sasl.oauthbearer.header.urlencode
        sasl.oauthbearer.jwks.endpoint.refresh.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms
        sasl.oauthbearer.jwks.endpoint.retry.backoff.ms sasl.oauthbearer.jwks.endpoint.url
        sasl.oauthbearer.jwt.retriever.class sasl.oauthbearer.jwt.validator.class sasl.oauthbearer.scope
        sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name sasl.oauthbearer.token.endpoint.url
        security.protocol security.providers send.buffer.bytes socket.connection.setup.timeout.max.ms
        socket.connection.setup.timeout.ms ssl.cipher.suites ssl.enabled.protocols
        ssl.endpoint.identification.algorithm ssl.engine.factory.class ssl.key.password ssl.keymanager.algorithm
        ssl.keystore.certificate.chain ssl.keystore.key ssl.keystore.location ssl.keystore.password ssl.keystore.type
        ssl.protocol ssl.provider ssl.secure.random.implementation ssl.trustmanager.algorithm
        ssl.truststore.certificates ssl.truststore.location ssl.truststore.password ssl.truststore.type
        transaction.timeout.ms transaction.two.phase.commit.enable transactional.id
        """)

    /// kafka-clients: those for consumers.
    static let kafkaClientsConsumer = words(
        """
        allow.auto.create.topics auto.commit.interval.ms auto.offset.reset check.crcs client.rack
        default.api.timeout.ms enable.auto.commit exclude.internal.topics fetch.max.bytes fetch.max.wait.ms
        fetch.min.bytes group.id group.instance.id group.protocol group.remote.assignor heartbeat.interval.ms
        internal.throw.on.fetch.stable.offset.unsupported isolation.level key.deserializer max.partition.fetch.bytes
        max.poll.interval.ms max.poll.records partition.assignment.strategy session.timeout.ms
        share.acknowledgement.mode share.acquire.mode value.deserializer
        """)

    /// kafka-python.
    static let kafkaPython = words(
        """
        acks allow_auto_create_topics api_version batch_size bootstrap_timeout_ms client_dns_lookup client_id
        compression_type connections_max_idle_ms delivery_timeout_ms enable_idempotence linger_ms max_block_ms
        max_in_flight_requests_per_connection max_request_size metadata_max_age_ms metrics_enabled metrics_num_samples
        metrics_sample_window_ms proxy_url receive_buffer_bytes receive_message_max_bytes reconnect_backoff_max_ms
        reconnect_backoff_ms request_timeout_ms retries retry_backoff_ms sasl_kerberos_domain_name sasl_kerberos_name
        sasl_kerberos_service_name sasl_mechanism sasl_plain_password sasl_plain_username security_protocol
        send_buffer_bytes socks5_proxy ssl_cafile ssl_certfile ssl_check_hostname ssl_ciphers ssl_crlfile ssl_keyfile
        ssl_password transaction_timeout_ms transactional_id
        """)

    /// kafka-python: those for consumers.
    static let kafkaPythonConsumer = words(
        """
        auto_commit_interval_ms auto_offset_reset check_crcs client_rack consumer_timeout_ms
        default_offset_commit_callback enable_auto_commit enable_incremental_fetch_sessions exclude_internal_topics
        fetch_max_bytes fetch_max_wait_ms fetch_min_bytes group_id group_instance_id heartbeat_interval_ms
        isolation_level key_deserializer max_partition_fetch_bytes max_poll_interval_ms max_poll_records
        metric_group_prefix partition_assignment_strategy session_timeout_ms value_deserializer
        """)

    /// kafka-python: objects and functions.
    static let kafkaPythonCode = words(
        """
        kafka_client key_serializer value_serializer metric_reporters partitioner sasl_oauth_token_provider selector
        socket_options ssl_context
        """)

    /// aiokafka.
    static let aiokafka = words(
        """
        acks api_version client_id compression_type connections_max_idle_ms enable_idempotence linger_ms
        max_batch_size max_request_size metadata_max_age_ms request_timeout_ms retry_backoff_ms
        sasl_kerberos_domain_name sasl_kerberos_service_name sasl_mechanism sasl_plain_password sasl_plain_username
        security_protocol transaction_timeout_ms transactional_id
        """)

    /// aiokafka: those for consumers.
    static let aiokafkaConsumer = words(
        """
        auto_commit_interval_ms auto_offset_reset check_crcs client_rack consumer_timeout_ms enable_auto_commit
        exclude_internal_topics fetch_max_bytes fetch_max_wait_ms fetch_min_bytes group_id group_instance_id
        heartbeat_interval_ms isolation_level key_deserializer max_partition_fetch_bytes max_poll_interval_ms
        max_poll_records partition_assignment_strategy rebalance_timeout_ms session_timeout_ms topics
        value_deserializer
        """)

    /// aiokafka: objects and functions.
    static let aiokafkaCode = words(
        """
        key_serializer value_serializer loop partitioner sasl_oauth_token_provider ssl_context
        """)
}
