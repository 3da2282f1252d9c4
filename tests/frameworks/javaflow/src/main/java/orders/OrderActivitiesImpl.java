package orders;

import com.amazonaws.services.simpleworkflow.flow.ActivityExecutionContext;
import com.amazonaws.services.simpleworkflow.flow.ActivityExecutionContextProvider;
import com.amazonaws.services.simpleworkflow.flow.ActivityExecutionContextProviderImpl;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The activities, in the process of a worker. */
public class OrderActivitiesImpl implements OrderActivities {
    private static final int FAILURES = 2;
    private static final long MILLISECONDS_PER_PARCEL = 100;

    private final ActivityExecutionContextProvider provider = new ActivityExecutionContextProviderImpl();

    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

    @Override
    public int price(String item) {
        String run = context().getWorkflowExecution().getRunId();
        int attempt = attempts.merge(run, 1, Integer::sum);
        if (attempt <= FAILURES) {
            throw new IllegalStateException("no price yet, attempt " + attempt);
        }
        return 10 * item.length();
    }

    @Override
    public int pack(int parcels) {
        for (int packed = 1; packed <= parcels; packed++) {
            rest();
            // Throws CancellationException, which the framework reports, once the cancellation is requested.
            context().recordActivityHeartbeat(packed + " of " + parcels);
            System.out.println("packed " + packed);
        }
        return parcels;
    }

    @Override
    public void unpack(int parcels) {
        System.out.println("unpacked");
    }

    @Override
    public String label(int number, int grams) {
        return "parcel " + number + " of " + grams + " g";
    }

    @Override
    public int add(int sum, int grams) {
        return sum + grams;
    }

    private ActivityExecutionContext context() {
        return provider.getActivityExecutionContext();
    }

    private static void rest() {
        try {
            Thread.sleep(MILLISECONDS_PER_PARCEL);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
