print("crosswind-rdkafka")
