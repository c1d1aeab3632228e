#include "benchmark/options/option_list.h"

#include <boost/program_options/value_semantic.hpp>
#include <string>

namespace redoubt {

namespace po = boost::program_options;

constinit const ToolManual benchmark_manual{
    .name = "redoubt-benchmark",
    .usage = "redoubt-benchmark [OPTIONS] [COMMAND ARGS...]\n",
    .purpose = "Measures how many requests a server answers in a second, and how long each of them takes.\n",
    .details =
        "In a COMMAND of your own each __rand_int__ becomes a random number of 12 digits below that of -r. So does "
        "{key} in\n"
        "--mix and --sequence, where {int} becomes such a number without zeros in front, and {data} a value. With "
        "--cluster, "
        "{tag} in\n"
        "both becomes a hash tag, so that the key is one of the node that is asked.\n\n"
        "examples:\n"
        "  redoubt-benchmark -q                        all tests, a line each\n"
        "  redoubt-benchmark -t set,get -c 20 -P 16    two of them, 20 clients, 16 requests at a time\n"
        "  redoubt-benchmark -t set -n 1000000 -r 1000000 --csv\n"
        "  redoubt-benchmark -r 10000 lpush mylist __rand_int__\n"
        "  redoubt-benchmark -r 100000 --keys zipf:0.99 --sizes 10-1000 --mix \"9 GET {key}; 1 SET {key} {data}\"\n"
        "  redoubt-benchmark -t get --clients 1,2,5,15,50 --pipelines 1,16 --html report.html\n"
        "  redoubt-benchmark -p 6379 --compare redis://127.0.0.1:6380 -t set,get\n"
        "  redoubt-benchmark --preset redis-in-action-4.10 -n 20000\n"
        "  redoubt-benchmark --failover mymaster@10.0.0.1:26379,10.0.0.2:26379\n"
        "  redoubt-benchmark --verify --threads 2 -P 16    is each reply right?\n"
        "  redoubt-benchmark --replay monitor.log --replay-speed 2\n"
        "  redoubt-benchmark --pubsub 100 -c 5 --rate 1000 -d 200\n\n"
        "exit status: 0, or 1 when it could not be done, the server answered with errors, or with --verify replies "
        "were wrong\n",
    .short_help = false,
};

namespace {

// What redis-benchmark does not have.
void describe_load(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()                                                                                //
      ("duration", text()->value_name("SECONDS"), "send requests for so long, instead of -n of them")  //
      ("mix", text()->value_name("TEXT"),
       "several requests, each with its weight, such as \"80 GET key:{key}; 20 SET key:{key} {data}\"")  //
      ("sequence", text()->value_name("TEXT"),
       "several requests, which each client sends in this order again and again, such as \"HSET login: {key} u; EXPIRE "
       "login: 60\"")  //
      ("preset", text()->value_name("NAME"),
       "measure what a published table shows: elixir-simple-server, edis, redis-in-action-4.10, redis-in-action-4.4; "
       "list "
       "tells their sources")  //
      ("keys", text()->value_name("HOW"),
       "choose keys below -r: uniform (the default), sequential, zipf:THETA, normal")  //
      ("sizes", text()->value_name("SIZES"),
       "of values, instead of -d: 100, or 10-1000, or with weights 3:50,100-200:50")  //
      ("compressible", text()->value_name("SHARE"),
       "so much of each value, from 0 to 1, compresses (1); the rest is random")                              //
      ("unique", "each value is another one; they have 16 bytes at least")                                    //
      ("preload", text()->value_name("N"), "set key:000000000000 and so on, N keys, before the first test")   //
      ("reconnect", text()->value_name("N"), "each connection is made anew after N requests")                 //
      ("stop-on-error", "the first error reply ends the run")                                                 //
      ("warmup", text()->value_name("SECONDS"), "send requests for so long before, and do not measure them")  //
      ("link-latency", text()->value_name("MS"),
       "the network's round trip takes so many milliseconds more, half of them each way")  //
      ("rate", text()->value_name("N"),
       "N requests per second in all are due, whether the server keeps up or not; latencies count from when each was "
       "due");
}

void describe_comparison(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("compare", text()->value_name("URI"),
       "measure this server, too, in turn with the other, and tell whether they differ")  //
      ("rounds", text()->value_name("N"), "of a comparison: each server is measured so often (10)");
}

void describe_failover(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("failover", text()->value_name("NAME@HOST:PORT,..."),
       "write to the primary that these sentinels name, with -c writers (10), while it changes; tell outages and "
       "losses")                                                                                      //
      ("failover-now", "ask a sentinel to begin a failover")                                          //
      ("timeout", text()->value_name("SECONDS"), "with --failover: wait so long for each reply (1)")  //
      ("sentinel-password", text()->value_name("PASSWORD"), "authenticate to the sentinels")          //
      ("sentinel-user", text()->value_name("NAME"), "as this user; needs --sentinel-password");
}

void describe_verify(po::options_description& options) {
  options.add_options()(
      "verify",
      "send requests of many kinds to keys of their own, and look whether each reply is right; values "
      "have 64 bytes, keys are below -r 10000");
}

void describe_replay(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("replay", text()->value_name("FILE"),
       "send what a log of MONITOR has, at its times; each client of it is a connection; - is standard input")  //
      ("replay-speed", text()->value_name("X"),
       "2: twice as fast; max: as fast as replies come, -P requests of a connection at a time (1)");
}

void describe_handoff(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("blocking", text()->value_name("N"),
       "N clients wait in BLPOP for what -c clients push to -r lists (1): how long a value takes from one to the "
       "other")  //
      ("pubsub", text()->value_name("N"),
       "N clients subscribe to what -c clients publish on -r channels (1): how long a message takes")  //
      ("pattern", "with --pubsub: each subscriber has a pattern that all channels match")              //
      ("sharded", "with --pubsub: SSUBSCRIBE and SPUBLISH");
}

}  // namespace

po::options_description describe_benchmark() {
  po::options_description options("options");
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()                                                                //
      (",h", text()->value_name("HOST"), "the server's name or address (127.0.0.1)")   //
      (",p", text()->value_name("PORT"), "its port (6379)")                            //
      (",s", text()->value_name("PATH"), "its unix socket, instead of host and port")  //
      (",a", text()->value_name("PASSWORD"), "authenticate")                           //
      ("user", text()->value_name("NAME"), "as this user; needs -a")                   //
      (",u", text()->value_name("URI"),
       "all of these: redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], or unix://…/PATH")                             //
      (",c", text()->value_name("N"), "clients at the same time (50)")                                           //
      (",n", text()->value_name("N"), "requests in all (100000)")                                                //
      (",d", text()->value_name("BYTES"), "size of the values of SET and its like (3)")                          //
      ("dbnum", text()->value_name("N"), "select this database (0)")                                             //
      (",3", "speak RESP3")                                                                                      //
      ("threads", text()->value_name("N"), "make the load with so many threads")                                 //
      ("cluster", "spread the load over all masters of the server's cluster; see {tag}")                         //
      ("enable-tracking", "send CLIENT TRACKING on first")                                                       //
      (",k", text()->value_name("0|1"), "1: keep connections (the default); 0: connect anew for each batch")     //
      (",r", text()->value_name("N"), "random keys, elements and scores below N, instead of always the same")    //
      (",P", text()->value_name("N"), "send so many requests at a time (1)")                                     //
      (",q", "a line per test")                                                                                  //
      (",e", "tell error replies, which is always done: for scripts that ask for it")                            //
      ("clients", text()->value_name("LIST"), "a sweep: each test with 1,2,5,… clients, one table of them all")  //
      ("pipelines", text()->value_name("LIST"), "a sweep: each test with 1,16,… requests at a time")             //
      ("json", text()->value_name("FILE"), "write all figures to this file, too, as a JSON document")            //
      ("html", text()->value_name("PAGE"), "write them to this file, too, as a page with charts")                //
      ("hdr-out", text()->value_name("FILE"),
       "write the latencies of each second to this file, as an HdrHistogram log")     //
      ("precision", text()->value_name("N"), "decimals of milliseconds, 0 to 6 (3)")  //
      ("csv", "comma-separated values")                                               //
      (",l", "run the tests again and again")                                         //
      (",t", text()->value_name("TESTS"), "only these tests, separated by commas")    //
      (",I", "open connections and wait")                                             //
      (",x", "the last argument of COMMAND comes from standard input")                //
      ("seed", text()->value_name("N"), "begin the random numbers here, the same in each run");
  describe_load(options);
  describe_comparison(options);
  describe_failover(options);
  describe_verify(options);
  describe_replay(options);
  describe_handoff(options);
  return options;
}

}  // namespace redoubt
